// As much of Node.js as the flow uses.
declare const process: { env: Record<string, string | undefined> };
declare const Buffer: { from(bytes: ArrayBuffer | string, encoding?: string): Uint8Array & { toString(encoding: string): string } };
