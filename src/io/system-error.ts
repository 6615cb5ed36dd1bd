/** What the codes of the operating system mean (errno(3)), for those that a file can have. */
const MEANINGS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EISDIR: 'it is a folder, and a file was expected',
  ENOTDIR: 'a part of its path is no folder',
  EEXIST: 'a part of its path is no folder',
  ELOOP: 'it is a symbolic link that leads to itself',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EROFS: 'the file system is read-only',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
};

const IN_THE_WAY = 'Move what is in the way, or name another file.';
const NO_RIGHT = 'Give this user the right to it, or run this as its owner.';

/** What to do about some of them. */
const ADVICE: Readonly<Record<string, string>> = {
  EISDIR: IN_THE_WAY,
  ENOTDIR: IN_THE_WAY,
  EEXIST: IN_THE_WAY,
  ELOOP: IN_THE_WAY,
  EACCES: NO_RIGHT,
  EPERM: NO_RIGHT,
};

/** An error of a system call: the path, where there is one, what is the matter with it, and in a second line what to do. */
export function explainSystemError(error: Error & { readonly code?: unknown; readonly path?: unknown }): string {
  const meaning = typeof error.code === 'string' ? MEANINGS[error.code] : undefined;
  if (meaning === undefined || typeof error.path !== 'string') return error.message;
  const advice = ADVICE[String(error.code)];
  return `${error.path}: ${meaning} (${String(error.code)})${advice === undefined ? '' : `\n  -> ${advice}`}`;
}
