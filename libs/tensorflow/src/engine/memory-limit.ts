/**
 * A tensorflow.ConfigProto that gives this process one GPU of `bytes` at the most, as hexadecimal digits. In protobuf's wire format, from the inside
 * out: VirtualDevices.memory_limit_mb (1, packed floats), Experimental.virtual_devices (1), GPUOptions.experimental (9), ConfigProto.gpu_options (6);
 * tensorflow/core/protobuf/config.proto.
 */
export function memoryLimitConfig(bytes: number): string {
  const mebibytes = Buffer.alloc(4)
  mebibytes.writeFloatLE(bytes / 2 ** 20)
  return [1, 1, 9, 6].reduce(inField, mebibytes).toString('hex')
}

const LENGTH_DELIMITED = 2

/** The bytes as a field of a message; they are fewer than 128, so that their length takes one byte. */
const inField = (bytes: Buffer, field: number): Buffer => Buffer.concat([Buffer.of((field << 3) | LENGTH_DELIMITED, bytes.length), bytes])
