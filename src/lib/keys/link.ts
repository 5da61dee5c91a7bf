/**
 * Linking a device: the new one shows a code, the open one is given it, both show three words, and once the person has
 * found them equal the open one takes the new one into the account. In the same way another guardian joins a child's record.
 * Pure; the caller moves the frames.
 */
export {
  createLinkCode,
  displayedLinkCode,
  LINK_LIFETIME,
  linkCodeToQr,
  linkKeys,
  openLinkMessage,
  parseLinkCode,
  sealLinkMessage,
  type LinkCode,
} from './link/code.ts';
export {
  newDeviceAt,
  newDeviceConfirms,
  newDeviceReceives,
  startNewDevice,
  type NewDeviceState,
} from './link/new-device.ts';
export {
  grantLink,
  openDeviceAt,
  openDeviceConfirms,
  openDeviceReceives,
  startOpenDevice,
  type OpenDeviceConfirmed,
  type OpenDeviceState,
} from './link/open-device.ts';
export {
  guestAnswers,
  guestAt,
  guestConfirms,
  guestReceives,
  hostAt,
  hostConfirms,
  hostHandsOver,
  hostInvites,
  hostReceives,
  startGuest,
  startHost,
  type GuestInvited,
  type GuestState,
  type HostAnswered,
  type HostConfirmed,
  type HostState,
} from './link/guardian.ts';
export type { LinkError, LinkStep } from './link/step.ts';
