/** Response statuses (Couchbase "memcached binary protocol", section Response status). */
export const statuses = {
  success: 0x00,
  notFound: 0x01,
  exists: 0x02,
  tooBig: 0x03,
  invalid: 0x04,
  notStored: 0x05,
  deltaBadValue: 0x06,
  noBucket: 0x08,
  authError: 0x20,
  authContinue: 0x21,
  noAccess: 0x24,
  unknownCommand: 0x81,
  noMemory: 0x82,
  unknownFrameInfo: 0x80,
  internal: 0x84,
  unknownCollection: 0x88,
  unknownScope: 0x8c,
  durabilityInvalidLevel: 0xa0,
  durabilityImpossible: 0xa1,
} as const;

export type Status = (typeof statuses)[keyof typeof statuses];
