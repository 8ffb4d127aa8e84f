export { eventually } from './eventually.ts';
export { type Answer, type Call, call, callJson, kql, streamedText } from './lab-client.ts';
export {
  type Addresses,
  type CommandResult,
  run,
  type StartedSystem,
  type StartOptions,
  type SystemStatus,
  sharedFolder,
  startSystem,
  vigiaBin,
} from './started-system.ts';
