import { buildImage } from './build-image/declaration.js';
import type { Command } from './command.js';
import { continuePipeline } from './continue-pipeline/declaration.js';
import { deploy } from './deploy/declaration.js';
import { ensureRepository } from './ensure-repository/declaration.js';
import { passImage } from './pass-image/declaration.js';
import { promoteImage } from './promote-image/declaration.js';
import { publishImage } from './publish-image/declaration.js';
import { rollback } from './rollback/declaration.js';
import { runMigration } from './run-migration/declaration.js';
import { status } from './status/declaration.js';
import { verifyImage } from './verify-image/declaration.js';

/** Every command, in the order in which a pipeline runs them. */
export const commands: readonly Command[] = [
  ensureRepository,
  continuePipeline,
  buildImage,
  publishImage,
  verifyImage,
  promoteImage,
  runMigration,
  deploy,
  passImage,
  rollback,
  status,
].map((declared) => declared as unknown as Command);
