export {
  BackendFailure,
  type ForwardOptions,
  type Headers,
  type LastError,
  type MessageBody,
  type MutableUrl,
  type Pipeline,
  type PolicyContext,
  type PolicyRequest,
  type PolicyResponse,
  type PolicyServices,
  type PolicyTrace,
} from './context.ts';
