/** The parameters of build_image that say what goes into an image, as they are by default. */
export const NO_INPUTS = {
  context: '.',
  dockerfile: 'Dockerfile',
  target: '',
  args: '',
  secrets: '',
  cache: 'none',
  attestations: '',
};
