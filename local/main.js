import { onRightNode } from '../scripts/node-version.js';

await onRightNode('npm start', 1, () => import('./main.ts'));
