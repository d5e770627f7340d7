import { bundle } from '../scripts/bundle.ts';
import { pluginThat } from './plugin.ts';

/** The plugin of a clone: it bundles the handlers from their source. */
export default pluginThat(bundle);
