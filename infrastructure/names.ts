/**
 * The name of the bucket with the job documents. It names account and region because bucket names are global.
 * documents.yml passes CloudFormation's variables for them. `npm run ota -- plan` passes the values.
 */
export function documentsBucketName({ stage, accountId, region }: { stage: string; accountId: string; region: string }): string {
  return `ota-dispatch-${stage}-documents-${accountId}-${region}`;
}
