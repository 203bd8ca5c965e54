import { maxKeyBytes } from '../bucket/document.ts';
import { features } from '../wire/features.ts';
import type { RequestFrame } from '../wire/frame.ts';
import { readFramingExtras } from '../wire/framing-extras.ts';
import { decodeLeb128 } from '../wire/leb128.ts';
import { dataOpcodes } from '../wire/opcodes.ts';
import { failure, type Response } from '../wire/response.ts';
import { statuses } from '../wire/status.ts';
import { accessOf, admitStranger } from './access.ts';
import { dataCommands } from './data.ts';
import { needsOf } from './document-needs.ts';
import type { HandlerContext } from './handler.ts';
import { handshakeHandlers, openOpcodes } from './handshake.ts';
import { saslHandlers } from './sasl.ts';

const durabilityLevels = { lowest: 1, highest: 3 } as const;

/** Answers any request; what it does not know gets "unknown command". Never throws for anything a client can send. */
export function dispatch(context: HandlerContext, frame: RequestFrame): Response {
  const { opcode } = frame;
  const handler = handshakeHandlers.get(opcode) ?? saslHandlers.get(opcode);
  if (handler === undefined && !dataOpcodes.has(opcode)) {
    const name = `0x${opcode.toString(16).padStart(2, '0')}`;
    return failure(statuses.unknownCommand, `command ${name} is not supported by this embedded server`);
  }
  if (context.session.user === undefined && !openOpcodes.has(opcode) && !admitStranger(context)) {
    return failure(statuses.noAccess, 'authenticate first');
  }
  return handler === undefined ? onDocument(context, frame) : handler(context, frame);
}

function onDocument(context: HandlerContext, frame: RequestFrame): Response {
  const { bucket, granted } = context.session;
  const command = dataCommands.get(frame.opcode);
  if (command === undefined) return { status: statuses.unknownCommand };
  if (bucket === undefined) return failure(statuses.noBucket, 'select a bucket first');
  if (!accessOf(context, bucket).allows(needsOf(frame.opcode)))
    return failure(statuses.noAccess, 'the user has no role that allows this');
  if (frame.datatype > 1) return failure(statuses.invalid, 'only plain and JSON data types were negotiated');
  if (!command.extrasBytes.includes(frame.extras.length)) {
    return failure(
      statuses.invalid,
      `extras must have ${command.extrasBytes.join(' or ')} bytes, got ${frame.extras.length}`,
    );
  }
  const framing = readFramingExtras(frame.framing);
  if (typeof framing === 'string') return failure(statuses.unknownFrameInfo, framing);
  const { durability } = framing;
  if (durability !== undefined) {
    if (durability < durabilityLevels.lowest || durability > durabilityLevels.highest)
      return { status: statuses.durabilityInvalidLevel };
    if (bucket.settings.replicas > 0) return failure(statuses.durabilityImpossible, 'a single node holds no replicas');
  }
  const prefix = granted.has(features.collections) ? decodeLeb128(frame.key) : { value: 0, size: 0 };
  if (prefix === undefined) return failure(statuses.invalid, 'the key does not start with a collection id');
  if (prefix.value !== 0) return failure(statuses.unknownCollection, 'only the default collection exists');
  const key = frame.key.subarray(prefix.size);
  if (key.length === 0 || key.length > maxKeyBytes) {
    return failure(statuses.invalid, `a key has 1 to ${maxKeyBytes} bytes, got ${key.length}`);
  }
  return command.run({ store: bucket.store, frame, key, framing, tokens: granted.has(features.mutationSeqno) });
}
