/** The OAuth scope of the tokens. What they may do is up to the roles of the identity; Artifact Registry has no narrower scope. */
export const CLOUD_PLATFORM = 'https://www.googleapis.com/auth/cloud-platform';
