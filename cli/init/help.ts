import { ota } from '../../scripts/installation.ts';

/** The help of `ota init`. */
export const help = `Usage: ${ota} init DIR [OPTIONS]

Makes a small project of your own in DIR, which is new or empty: channels.yml,
serverless.yml, package.json, a workflow for GitHub Actions, a README and a
first release to try. On a terminal it asks for what no option says. Without a
terminal it takes the defaults, and names each missing option that has none. It
writes nothing unless \`ota check\` accepts the new channels.yml.

  --product NAME           the product, 1 to 64 characters of a-z, 0-9 and -
  --bucket NAME            the S3 bucket of its firmware
  --control-plane REQUEST  createOTAUpdate (AWS IoT Core), createJob (AWS IoT
                           Jobs) or createOtaTask (managed integrations).
                           With --yes, the default is createOTAUpdate
  --region R               the AWS region (default: eu-west-1)
  --from-cli FILE          make the channel from a file for --cli-input-json of
                           aws iot create-ota-update, aws iot create-job or
                           aws iot-managed-integrations create-ota-task
  --channel NAME           the first channel (default: beta)
  --source NAME            the event source of your CI (default: firmware-ci)
  --target T               a thing group (default: PRODUCT-CHANNEL), or an ARN.
                           For createOtaTask the ARN of a managed thing, or a
                           query (default: attributes.model=PRODUCT)
  --signing-profile NAME   the profile of AWS Signer, for createOTAUpdate
                           (default: PRODUCT_firmware)
  --format F               the job document of createJob: device-client
                           (default) or plain
  --task-configuration ID  the task configuration of createOtaTask
  --package SPEC           the package that the project depends on: a file,
                           which is copied, a URL or a version (default: the one
                           that runs)
  --yes                    ask nothing, take the defaults
  --json                   print JSON for a program: folder, files, package,
                           moved and warnings

Exit status:
  0    the project is written
  2    wrong usage, or an answer is wrong or missing; nothing is written`;
