/** Version of this package, and so of the orb and of the program that jobs install. */
export const VERSION = '0.1.0';

/** Where the source is. */
export const SOURCE_URL = 'https://github.com/gen-config/gen-config';

/** The published orb. */
export const ORB_NAME = 'gen-config/build-once';
