import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock, Snapshot } from '@vigia/contract';
import { isProblem, Problem } from '@vigia/problem';
import { type Applied, type ApplyContext, applyChange, resolveRevision } from './apply-change.ts';
import { isMissing, removeDrafts } from './atomic-file.ts';
import { checkDraft, problemOf } from './check-draft.ts';
import { SnapshotCompiler } from './compile-snapshot.ts';
import type { PolicyTools, Stored, World } from './definition.ts';
import { Draft, type Surroundings } from './draft.ts';
import { applyFolder } from './folder-changes.ts';
import { type FolderFile, filesOf, folderOf, specificationFile } from './folder-layout.ts';
import type { Change, ChangeResult, ConfigurationFault, ResourceStore } from './interface.ts';
import { type Places, perform, readJournal, removeJournal, type Transaction, writeJournal } from './journal.ts';
import { FolderReader, type FolderResource } from './read-folder.ts';
import { canonicalId, keyOf, parseResourceId } from './resource-id.ts';
import { appendToLog, compactLog, type LogLine, lineOf, readResourceLog } from './resource-log.ts';
import { ResourceSet } from './resource-set.ts';
import { showResource } from './show-resource.ts';
import { findSnapshot, snapshotText, writeSnapshot } from './snapshot-file.ts';
import { spellingOf } from './type-table.ts';
import { type Grave, openVault } from './vault.ts';
import { watchFolder } from './watch-folder.ts';

/** What the store tells the operator; `facts` hold no secrets. */
export interface ResourceLogger {
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
  error(message: string, facts?: Readonly<Record<string, unknown>>): void;
}

export interface ResourceStoreOptions {
  readonly configFolder: string;
  readonly secretsFolder: string;
  /** The sealed snapshot; the resource log and the journal lie beside it. */
  readonly snapshotFile: string;
  /** Of `openMasterKey`. */
  readonly masterKey: Uint8Array;
  readonly tenantId: string;
  readonly subscriptionId: string;
  /** Origins without a slash at the end: `http://127.0.0.1:7080`. */
  readonly addresses: World['addresses'];
  /** `@vigia/policy`, which this room may not import. */
  readonly policy: PolicyTools;
  /** Absent: any guid may be a role. */
  readonly knownRoleDefinition?: (guid: string) => boolean;
  /** Resolves when all processes have swapped to the snapshot on disk. */
  readonly publish: () => Promise<void>;
  readonly clock: Clock;
  readonly logger: ResourceLogger;
  /** Absent: the system's. */
  readonly random?: (bytes: number) => Buffer;
}

/** Opens the folder, vault and snapshot of an installation, makes good what a crash left, and watches the folder. */
export async function openResourceStore(options: ResourceStoreOptions): Promise<ResourceStore> {
  const { configFolder, snapshotFile, masterKey, clock, logger } = options;
  const besides = dirname(snapshotFile);
  await mkdir(configFolder, { recursive: true });
  await mkdir(besides, { recursive: true });
  const vault = await openVault(options.secretsFolder, masterKey, clock);
  const places: Places = {
    configFolder,
    logFile: join(besides, 'resources.log'),
    journalFile: join(besides, 'journal.sealed'),
    masterKey,
    vault,
  };
  await removeDrafts([snapshotFile, places.logFile, places.journalFile, join(options.secretsFolder, 'vault.sealed')]);
  const unfinished = await readJournal(places);
  if (unfinished !== undefined) {
    // The line that a crash cut is brought again by the journal.
    await readResourceLog(places.logFile);
    await perform(unfinished, places);
    await removeJournal(places);
    logger.info('a change that a crash had interrupted was completed', { files: unfinished.write.length });
  }

  const surroundings: Surroundings = {
    subscriptionId: options.subscriptionId.toLowerCase(),
    tenantId: options.tenantId,
    addresses: options.addresses,
    knownRoleDefinition: options.knownRoleDefinition ?? (() => true),
  };
  const logged = await readResourceLog(places.logFile);
  const resources = new ResourceSet();
  for (const resource of logged.resources) resources.set(resource);
  let { order, revision } = logged;
  let logLines = logged.lines;

  const reader = new FolderReader(configFolder, surroundings.subscriptionId);
  const accepted = new Map<string, FolderResource>();
  const compiler = new SnapshotCompiler();
  let faults: readonly ConfigurationFault[] = [];
  let unwatched: ConfigurationFault | undefined;
  const earlier = await findSnapshot(snapshotFile, masterKey);
  let snapshot: Snapshot | undefined = earlier;
  let version = Math.max(logged.snapshotVersion, earlier?.version ?? 0);
  let contentHash = earlier === undefined ? '' : hashOf(earlier);
  /** Why nothing can be changed any more until the next start. */
  let broken: unknown;
  let last: Promise<unknown> = Promise.resolve();

  const draftNow = (): Draft => new Draft({ resources, secrets: vault.secrets, order, revision }, surroundings);
  const applyContext = (draft: Draft): ApplyContext => ({
    draft,
    policy: options.policy,
    clock,
    random: options.random ?? randomBytes,
    mistakes: new Map(),
  });
  const current = (): World => draftNow();

  /** One at a time, in order; what one throws does not reach the next. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  }

  /** Makes a checked draft last and puts it in force. `rewrite` absent: all files are written. */
  async function commit(draft: Draft, rewrite?: ReadonlySet<string>): Promise<void> {
    if (broken !== undefined) throw unwritable(broken);
    for (const key of draft.changed.keys()) compiler.forget(key);
    const candidate = compiler.compile(draft, {
      version: version + 1,
      createdAt: new Date(clock.now()).toISOString(),
      keyHashSecret: vault.keyHashSecret,
    });
    const hash = hashOf(candidate);
    const isNew = hash !== contentHash;
    const transaction = transactionOf(draft, rewrite, isNew ? candidate.version : undefined);
    let undo: Transaction;
    try {
      undo = await undoOf(transaction);
      await writeJournal(transaction, places);
    } catch (error) {
      compiler.clear();
      throw unwritable(error);
    }
    try {
      await perform(transaction, places);
      if (isNew) await writeSnapshot(snapshotFile, candidate, masterKey);
    } catch (error) {
      compiler.clear();
      await takeBack(undo, error);
      throw unwritable(error);
    }
    await removeJournal(places);
    for (const [key, after] of draft.changed) {
      accepted.delete(key);
      if (after === undefined) resources.delete(key);
      else resources.set(after);
    }
    order = draft.order;
    revision = draft.revision;
    logLines += transaction.log.length;
    for (const file of transaction.write) await reader.written(file);
    for (const path of transaction.remove) await reader.removed(path);
    watch.follow(reader.folders);
    if (isNew) {
      snapshot = candidate;
      version = candidate.version;
      contentHash = hash;
      await publish();
    }
    await keepLogShort();
  }

  /** Lines of what is no more, or is otherwise now, go when they are most of the log. */
  async function keepLogShort(): Promise<void> {
    if (logLines < 5000 || logLines < 3 * resources.size) return;
    await compactLog(places.logFile, resources.all(), version, revision);
    logLines = resources.size;
  }

  async function publish(): Promise<void> {
    try {
      await options.publish();
    } catch (cause) {
      throw new Problem({
        code: 'PublishFailed',
        status: 500,
        message: `The change is stored, but not every process has taken it: ${(cause as Error).message}`,
        cause,
      });
    }
  }

  function transactionOf(
    draft: Draft,
    rewrite: ReadonlySet<string> | undefined,
    snapshotVersion?: number,
  ): Transaction {
    const before = (key: string): Stored | undefined => draft.before(key);
    const after = (key: string): Stored | undefined => draft.get(key);
    const write = new Map<string, FolderFile>();
    const remove = new Set<string>();
    const log: LogLine[] = [];
    const graves: (readonly [string, Grave | null])[] = [];
    for (const key of new Set([...draft.changed.keys(), ...(rewrite ?? [])])) {
      const old = before(key);
      const fresh = after(key);
      const isFromFolder = rewrite !== undefined && !rewrite.has(key);
      if (old !== undefined && !isFromFolder) for (const { path } of filesOf(old, before)) remove.add(path);
      if (old !== undefined && fresh === undefined && old.definition.place.kind === 'folder' && !isFromFolder)
        if (old.definition.place.hasSpecification === true)
          for (const format of ['json', 'yaml'] as const) remove.add(specificationFile(folderOf(old, before), format));
      if (fresh !== undefined && !isFromFolder) for (const file of filesOf(fresh, after)) write.set(file.path, file);
      if (!draft.changed.has(key)) continue;
      if (fresh !== undefined && vault.graves.has(key)) graves.push([key, null]);
      if (fresh === undefined && old !== undefined && isFromFolder) graves.push([key, graveOf(old)]);
      if (fresh !== undefined) log.push(lineOf(fresh));
      else if (old !== undefined) log.push({ delete: key, revision: draft.nextRevision() });
    }
    for (const [key, { format, text }] of draft.attachments) {
      const resource = after(key);
      if (resource === undefined) continue;
      const folder = folderOf(resource, after);
      for (const other of ['json', 'yaml'] as const) if (other !== format) remove.add(specificationFile(folder, other));
      const path = specificationFile(folder, format);
      write.set(path, { path, text });
    }
    if (snapshotVersion !== undefined) log.push({ snapshot: snapshotVersion });
    return {
      write: [...write.values()],
      remove: [...remove].filter((path) => !write.has(path) && existsSync(join(configFolder, path))),
      secrets: [...draft.changedSecrets].map(([key, value]) => [key, value ?? null]),
      graves,
      log,
    };
  }

  /** What brings the folder and the vault back to where they are now. */
  async function undoOf({ write, remove, secrets, graves }: Transaction): Promise<Transaction> {
    const texts = await Promise.all(
      [...write.map(({ path }) => path), ...remove].map(async (path) => ({ path, text: await textAt(path) })),
    );
    return {
      write: texts.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, text }])),
      remove: texts.filter(({ text }) => text === undefined).map(({ path }) => path),
      secrets: secrets.map(([key]) => [key, vault.secrets.get(key) ?? null]),
      graves: graves.map(([key]) => [key, vault.graves.get(key) ?? null]),
      log: [],
    };
  }

  const graveOf = ({ key, facts, order: place }: Stored): Grave => ({
    secrets: vault.secrets.get(key) ?? {},
    facts,
    order: place,
    since: clock.now(),
  });

  async function textAt(path: string): Promise<string | undefined> {
    try {
      return await readFile(join(configFolder, path), 'utf8');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** A write failed in the middle: everything goes back, or nothing can be changed until a start completes it. */
  async function takeBack(undo: Transaction, reason: unknown): Promise<void> {
    try {
      // The log may already say what is being taken back; it is written anew from what is in force.
      await perform({ ...undo, log: [] }, places);
      version += 1;
      await compactLog(places.logFile, resources.all(), version, revision);
      if (snapshot !== undefined) await writeSnapshot(snapshotFile, { ...snapshot, version }, masterKey);
      await removeJournal(places);
    } catch (error) {
      broken = error;
      logger.error('a change could be neither made nor taken back; it is completed at the next start', {
        reason: String(reason),
        error: String(error),
      });
    }
  }

  /** What the folder says becomes what is in force; with a mistake in it, what was in force stays. */
  async function reload(): Promise<void> {
    if (!existsSync(configFolder)) {
      // Taken away whole, it is not an order to delete everything.
      faults = [missingFolder];
      watch.look(lookAgainMs);
      return;
    }
    let reading = await reader.read();
    // What was put into a new folder before it was watched is found by reading once more.
    while (watch.follow(reader.folders)) reading = await reader.read();
    const draft = draftNow();
    const {
      faults: found,
      read,
      rewrite,
    } = applyFolder(reading, {
      ...applyContext(draft),
      graveOf: (key) => vault.graves.get(key),
      all: [...resources.all()],
      accepted,
    });
    faults = found;
    const errors = found.filter(({ diagnostic }) => diagnostic.severity === 'error');
    if (errors.length > 0) {
      logger.warn('the configuration folder has mistakes; the last good state stays in force', {
        files: [...new Set(errors.map(({ file }) => file))],
      });
      return;
    }
    const isEdited = draft.changed.size > 0 || draft.changedSecrets.size > 0 || rewrite.size > 0;
    if (isEdited) await commit(draft, rewrite);
    for (const [key, resource] of read) if (!rewrite.has(key)) accepted.set(key, resource);
    if (isEdited) logger.info('the configuration folder was edited', { resources: draft.changed.size });
  }

  async function change(changes: readonly Change[]): Promise<readonly ChangeResult[]> {
    const draft = draftNow();
    const context = applyContext(draft);
    const applied: Applied[] = changes.map((one) => applyChange(one, context));
    const bodies = [...context.mistakes].flatMap(([key, { definition, found }]) =>
      found.map((mistake) => ({ key, definition, ...mistake })),
    );
    const problem = problemOf([...bodies, ...checkDraft(draft, options.policy)]);
    if (problem !== undefined) throw problem;
    await commit(draft);
    const hasErrors = faults.some(({ diagnostic }) => diagnostic.severity === 'error');
    if (hasErrors) watch.look();
    const world = current();
    return applied.map(({ id, existed }) => {
      const stored = resources.get(keyOf(id));
      return { id, existed, ...(stored === undefined ? {} : { resource: showResource(stored, world) }) };
    });
  }

  function find(id: string): Stored | undefined {
    const canonical = canonicalId(resolveRevision(id, (key) => resources.get(key)));
    return canonical === undefined ? undefined : resources.get(canonical.toLowerCase());
  }

  // Watched first, so that no edit falls between the reading and the watching.
  const watch = watchFolder(configFolder, {
    async isKnown(path) {
      // What a change under way has written is known when it is done.
      await last;
      return await reader.isKnown(path);
    },
    onEdit: () =>
      inTurn(async () => {
        try {
          await reload();
        } catch (error) {
          logger.error('an edit of the configuration folder did not come into force', { error: String(error) });
        }
      }),
    onTrouble(error) {
      logger.error('the configuration folder cannot be watched; edits count from the next change or start', {
        error: String(error),
      });
      unwatched = {
        file: '',
        diagnostic: {
          code: 'NotWatched',
          severity: 'warning',
          message: `The configuration folder cannot be watched (${String(error)}); edits count from the next start.`,
          ...{ start: 0, length: 0, line: 1, column: 1 },
        },
      };
    },
  });
  try {
    await inTurn(reload);
    // A first start, or a snapshot that is not of these resources (deleted, restored, cut short by a crash).
    if (snapshot === undefined || !isInForce()) await inTurn(publishNow);
  } catch (error) {
    await watch.close();
    throw error;
  }
  function isInForce(): boolean {
    const compiled = compiler.compile(draftNow(), { version, createdAt: '', keyHashSecret: vault.keyHashSecret });
    return hashOf(compiled) === contentHash;
  }

  async function publishNow(): Promise<void> {
    version += 1;
    const createdAt = new Date(clock.now()).toISOString();
    const made = compiler.compile(draftNow(), { version, createdAt, keyHashSecret: vault.keyHashSecret });
    await appendToLog(places.logFile, [{ snapshot: version }]);
    await writeSnapshot(snapshotFile, made, masterKey);
    snapshot = made;
    contentHash = hashOf(made);
    await publish();
  }

  return {
    get(id) {
      const stored = find(id);
      return stored === undefined ? undefined : showResource(stored, current());
    },
    list({ type, under }) {
      const world = current();
      const below = parseResourceId(resolveRevision(under, (key) => resources.get(key)));
      if (below === undefined) return [];
      return world.list(spellingOf(type), below.key).map((stored) => showResource(stored, world));
    },
    change: (changes) => inTurn(() => change(changes)),
    secret(id, name) {
      const stored = find(id);
      if (stored === undefined) return undefined;
      const plain = stored.definition.secrets.includes(name) ? stored.properties[name] : undefined;
      return vault.secrets.get(stored.key)?.[name] ?? (typeof plain === 'string' ? plain : undefined);
    },
    attachment(id) {
      const stored = find(id);
      const { place } = stored?.definition ?? {};
      if (stored === undefined || place?.kind !== 'folder' || place.hasSpecification !== true) return undefined;
      const folder = folderOf(stored, (key) => resources.get(key));
      for (const format of ['json', 'yaml'] as const) {
        const file = join(configFolder, specificationFile(folder, format));
        if (existsSync(file)) return { format, text: readFileSync(file, 'utf8') };
      }
      return undefined;
    },
    snapshot() {
      if (snapshot === undefined) throw new Error('The store is not open yet.');
      return snapshot;
    },
    status: () => ({
      snapshotVersion: version,
      resources: resources.size,
      faults: unwatched === undefined ? faults : [unwatched, ...faults],
    }),
    async close() {
      await watch.close();
      await last;
    },
  };
}

/** How soon a configuration folder that is missing is looked for again. */
const lookAgainMs = 500;
const missingFolder: ConfigurationFault = {
  file: '',
  diagnostic: {
    code: 'FolderMissing',
    severity: 'error',
    message: 'The configuration folder is missing; the last good state stays in force.',
    start: 0,
    length: 0,
    line: 1,
    column: 1,
  },
};

/** Of everything but version and time. */
function hashOf(snapshot: Snapshot): string {
  return createHash('sha256')
    .update(snapshotText({ ...snapshot, version: 0, createdAt: '' }))
    .digest('base64');
}

const unwritable = (cause: unknown): Problem =>
  isProblem(cause)
    ? cause
    : new Problem({
        code: 'StorageFailed',
        status: 500,
        message: `The change could not be written to the data folder (${(cause as NodeJS.ErrnoException).code ?? (cause as Error).message}); nothing was changed.`,
        cause,
      });
