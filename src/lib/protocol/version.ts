/**
 * The version of what app and relay say to each other. The relay names its own in the challenge, the first message of a
 * connection; an app that speaks another one says so and leaves. There is no negotiation.
 */
export const PROTOCOL_VERSION = 1;
