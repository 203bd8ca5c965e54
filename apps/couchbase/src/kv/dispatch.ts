import { durabilityLevels } from '../bucket/bucket-settings.ts';
import type { Bucket } from '../bucket/bucket.ts';
import { maxKeyBytes } from '../bucket/document.ts';
import type { DocumentStore } from '../bucket/document-store.ts';
import { features } from '../wire/features.ts';
import type { RequestFrame } from '../wire/frame.ts';
import { readFramingExtras, type FramingExtras } from '../wire/framing-extras.ts';
import { decodeLeb128 } from '../wire/leb128.ts';
import { failure, type Response } from '../wire/response.ts';
import { statuses } from '../wire/status.ts';
import { admitStranger, mayUse, noRole } from './access.ts';
import { bucketCommands, type BucketCommand } from './bucket-commands.ts';
import { unknownCollection } from './collections.ts';
import { documentCommands } from './document-commands.ts';
import { isDurable, needsOf } from './document-needs.ts';
import type { DocumentCommand } from './document-request.ts';
import type { Handler, HandlerContext } from './handler.ts';
import { handshakeHandlers, openOpcodes } from './handshake.ts';
import { loudOpcode, quieted } from './quiet-commands.ts';
import { saslHandlers } from './sasl.ts';
import type { Session } from './session.ts';

/** Answers any request; what it does not know gets "unknown command" at once. Never throws for anything a client can send. */
export function dispatch(context: HandlerContext, frame: RequestFrame): Response | Promise<Response> {
  const { opcode } = frame;
  const { session } = context;
  const route = routes[opcode];
  if (route === undefined) {
    const name = `0x${opcode.toString(16).padStart(2, '0')}`;
    return failure(statuses.unknownCommand, `command ${name} is not supported by this embedded server`);
  }
  if (session.user === undefined && !openOpcodes.has(opcode) && !admitStranger(context))
    return failure(statuses.noAccess, 'authenticate first');
  if (route.kind === 'session') return route.handle(context, frame);
  const { bucket } = session;
  if (bucket === undefined) return failure(statuses.noBucket, 'select a bucket first');
  if (frame.datatype > 1) return failure(statuses.invalid, 'only plain and JSON data types were negotiated');
  const response =
    route.kind === 'document'
      ? onDocument(route.command, bucket, context, frame)
      : onBucket(route.command, bucket, context, frame);
  if (response instanceof Promise) return response.then((late) => asUnderstood(session, late));
  const understood = asUnderstood(session, response);
  return loudOpcode(opcode) === opcode ? understood : quieted(opcode, understood);
}

/** A client that cannot be told of locks hears of a temporary failure. */
function asUnderstood({ granted }: Session, response: Response): Response {
  return response.status === statuses.locked && !granted.has(features.xerror) ? temporaryFailure : response;
}

const temporaryFailure: Response = { status: statuses.temporaryFailure };

/** Who answers an opcode. */
type Route =
  | { readonly kind: 'session'; readonly handle: Handler }
  | { readonly kind: 'bucket'; readonly command: BucketCommand }
  | { readonly kind: 'document'; readonly command: DocumentCommand };

const routes: readonly (Route | undefined)[] = Array.from({ length: 256 }, (_, opcode) => routeOf(opcode));

function routeOf(asked: number): Route | undefined {
  const opcode = loudOpcode(asked);
  const handle = handshakeHandlers.get(opcode) ?? saslHandlers.get(opcode);
  if (handle !== undefined) return { kind: 'session', handle };
  const onBucket = bucketCommands.get(opcode);
  if (onBucket !== undefined) return { kind: 'bucket', command: onBucket };
  const onDocument = documentCommands.get(opcode);
  return onDocument === undefined ? undefined : { kind: 'document', command: onDocument };
}

function onBucket(
  { extrasBytes, run }: BucketCommand,
  bucket: Bucket,
  context: HandlerContext,
  frame: RequestFrame,
): Response {
  return frame.extrasBytes === extrasBytes ? run(bucket, context, frame) : wrongExtras([extrasBytes], frame);
}

function onDocument(
  { extrasBytes, run }: DocumentCommand,
  bucket: Bucket,
  context: HandlerContext,
  frame: RequestFrame,
): Response | Promise<Response> {
  const { session } = context;
  if (!extrasBytes.includes(frame.extrasBytes)) return wrongExtras(extrasBytes, frame);
  let framing: FramingExtras = noFraming;
  if (frame.framingBytes > 0) {
    const read = readFramingExtras(frame.framing);
    if (typeof read === 'string') return failure(statuses.unknownFrameInfo, read);
    framing = read;
  }
  const { durability, impossible } = durabilityOf(bucket, loudOpcode(frame.opcode), framing);
  if (impossible !== undefined) return impossible;
  let prefixBytes = 0;
  let collectionId = 0;
  let store: DocumentStore | undefined = bucket.store;
  if (session.granted.has(features.collections)) {
    // One byte, 0, is the default collection: most keys are there.
    const prefix = frame.keyByte(0) === 0 ? defaultPrefix : decodeLeb128(frame.key);
    if (prefix === undefined) return failure(statuses.invalid, 'the key does not start with a collection id');
    collectionId = prefix.value;
    if (collectionId !== 0) store = bucket.collections.store(collectionId);
    if (store === undefined) return unknownCollection(bucket, collectionId);
    prefixBytes = prefix.size;
  }
  if (!mayUse(context, bucket, { collectionId, needs: needsOf(loudOpcode(frame.opcode)) })) return noRole;
  const keyBytes = frame.keyBytes - prefixBytes;
  if (keyBytes === 0 || keyBytes > maxKeyBytes)
    return failure(statuses.invalid, `a key has 1 to ${maxKeyBytes} bytes, got ${keyBytes}`);
  const response = run({ bucket, store, session, frame, key: frame.keyText(prefixBytes), framing });
  if (durability <= levels.majority) return response;
  return response instanceof Promise
    ? response.then((late) => whenPersisted(bucket, late))
    : whenPersisted(bucket, response);
}

/** A write that has to be on the disk is told when it is. Others of the same moment share the fsync. */
function whenPersisted({ journal }: Bucket, response: Response): Response {
  return journal === undefined || response.cas === undefined ? response : { ...response, after: journal.persisted() };
}

const noFraming: FramingExtras = {};
const defaultPrefix = { value: 0, size: 1 };

function wrongExtras(allowed: readonly number[], { extrasBytes }: RequestFrame): Response {
  return failure(statuses.invalid, `extras must have ${allowed.join(' or ')} bytes, got ${extrasBytes}`);
}

const levels = { none: 0, majority: 1, majorityAndPersistToActive: 2, persistToMajority: 3 } as const;

/**
 * The level of a command: what it asks for, of a write at least the bucket's lowest. One node is the majority of a bucket without
 * replicas, and can never be it with them; only a bucket with a disk persists. Source: kv_engine, docs/Durability.md.
 */
function durabilityOf(
  { settings }: Bucket,
  opcode: number,
  { durability: asked }: FramingExtras,
): { readonly durability: number; readonly impossible?: Response } {
  if (asked === undefined && (settings.durabilityMinLevel === 'none' || !isDurable(opcode))) return notDurable;
  if (asked !== undefined) {
    const isLevel = asked >= levels.majority && asked <= levels.persistToMajority;
    if (!isLevel || (settings.type === 'ephemeral' && asked > levels.majority))
      return { durability: asked, impossible: { status: statuses.durabilityInvalidLevel } };
  }
  const durability = Math.max(asked ?? 0, durabilityLevels.indexOf(settings.durabilityMinLevel));
  if (settings.replicas === 0) return { durability };
  return { durability, impossible: failure(statuses.durabilityImpossible, 'a single node holds no replicas') };
}

const notDurable = { durability: levels.none };
