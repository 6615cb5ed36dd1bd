/** What the codes of the operating system mean (errno(3)), for those that a file can have. */
const MEANINGS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EISDIR: 'it is a folder, and a file was expected',
  ENOTDIR: 'a part of its path is no folder',
  ELOOP: 'it is a symbolic link that leads to itself',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EROFS: 'the file system is read-only',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
};

/** An error of a system call in one line: the path, where there is one, and what is the matter with it. */
export function explainSystemError(error: Error & { readonly code?: unknown; readonly path?: unknown }): string {
  const meaning = typeof error.code === 'string' ? MEANINGS[error.code] : undefined;
  if (meaning === undefined || typeof error.path !== 'string') return error.message;
  return `${error.path}: ${meaning} (${String(error.code)})`;
}
