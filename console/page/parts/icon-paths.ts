/** Lines in a square of 16. Each state has a shape of its own, so that colour is not needed to tell them apart. */
export const iconPaths = {
  check: 'M3 8.5l3.2 3.2L13 5',
  cross: 'M4 4l8 8M12 4l-8 8',
  hourglass: 'M4 2.5h8M4 13.5h8M5 2.5c0 3 6 8 6 11M11 2.5c0 3-6 8-6 11',
  play: 'M5 3.2v9.6l7.5-4.8z',
  dots: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  up: 'M8 13V3.5M4 7l4-4 4 4',
  back: 'M6 4L3 7l3 3M3 7h6.5a3 3 0 010 6H7',
  barred: 'M8 2.2a5.8 5.8 0 100 11.6A5.8 5.8 0 008 2.2zM4 4l8 8',
  warning: 'M8 2.5L14.3 13.5H1.7zM8 6.5v3.2M8 11.7v.01',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  copy: 'M5.5 5.5h7.5v8H5.5zM3 10.5v-8h7.5',
  loop: 'M13 8a5 5 0 11-1.6-3.7M13 2.5v3h-3',
  lock: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 015 0v2.5',
  event: 'M2.5 4h11v8h-11zM2.5 4.5L8 9l5.5-4.5',
  gate: 'M3 13.5v-10M13 13.5v-10M3 6.5l10 3M3 9.5l10-3',
  dispatch: 'M2.5 8h6M6 4.5L9.5 8 6 11.5M12.5 3v10',
} as const;

export type IconName = keyof typeof iconPaths;
