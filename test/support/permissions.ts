import type { Template } from '../../scripts/compiled-template.ts';
import { roleStatements } from '../infrastructure/assertions/assertion.ts';
import { WITHOUT_RESOURCE } from '../infrastructure/assertions/roles.ts';
import { resolveTemplate } from './resolved-template.ts';

/** An action that a role may perform, or with `effect` may not. `reason` is given if the action has no resource to name. */
export type Permission = { action: string; effect?: 'Deny'; resources: string[]; condition?: unknown; reason?: string };

/** Every permission of every role in the template, sorted by action so that diffs are small. */
export function permissionsOf(template: Template): Record<string, Permission[]> {
  const all: Record<string, Permission[]> = {};
  for (const { role, statement } of roleStatements(resolveTemplate(template))) {
    for (const action of statement.actions) {
      const reason = statement.resources.includes('*') ? WITHOUT_RESOURCE[action] : undefined;
      const condition = Object.keys(statement.condition).length > 0 ? statement.condition : undefined;
      const permission: Permission = {
        action,
        ...(statement.effect === 'Deny' && { effect: 'Deny' }),
        resources: [...statement.resources].sort(),
        ...(condition && { condition }),
        ...(reason && { reason }),
      };
      all[role] = [...(all[role] ?? []), permission];
    }
  }
  const sorted = Object.entries(all).map(([role, permissions]) => [role, permissions.sort((a, b) => order(a, b))] as const);
  return Object.fromEntries(sorted);
}

const order = (a: Permission, b: Permission): number => key(a).localeCompare(key(b), 'en');
const key = ({ action, resources }: Permission): string => `${action} ${resources.join()}`;
