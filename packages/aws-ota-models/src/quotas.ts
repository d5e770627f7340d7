/** Targets of one IoT job, and managed things of one task (AWS IoT quotas; managed integrations developer guide). */
export const TARGETS_MAX = 100;
/** Tags on one resource (AWS General Reference). */
export const TAGS_MAX = 50;
/** Characters of an IoT job document (AWS IoT `CreateJob`). */
export const JOB_DOCUMENT_CHARACTERS_MAX = 32_768;
/** Files of one stream (AWS IoT `CreateStream`). An OTA update over MQTT makes one stream of all its files. */
export const STREAM_FILES_MAX = 50;
/** A file of an OTA update: 16 MB, not adjustable (AWS General Reference, FreeRTOS quotas). */
export const OTA_FILE_BYTES_MAX = 16 * 1024 * 1024;
