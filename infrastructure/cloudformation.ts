/** Text that CloudFormation completes when it deploys. */
export type Sub = { readonly 'Fn::Sub': string };

/** A name that CloudFormation replaces: the logical id of a resource, a parameter or a pseudo parameter. */
export type Ref = { readonly Ref: string };

/** An attribute of a resource, by the resource's logical id. */
export type GetAtt = { readonly 'Fn::GetAtt': readonly [logicalId: string, attribute: string] };

/** `${name}` as text. CloudFormation and channels.yml both spell their variables like this. */
export const variable = (name: string): string => `\${${name}}`;

/** An ARN in the partition of the stack. `rest` begins with the service and may contain variables of CloudFormation. */
export const arn = (rest: string): Sub => ({ 'Fn::Sub': `arn:${variable('AWS::Partition')}:${rest}` });
