import type { Template } from '../../src/template.ts';
import template from './fixture-template.json' with { type: 'json' };

/** A small compiled template with each kind of resource and most intrinsic functions once. */
export const fixtureTemplate: Template = template;
