#!/usr/bin/env node
import { onRightNode } from '../scripts/node-version.js';

await onRightNode('ota', 2, () => import('./main.ts'));
