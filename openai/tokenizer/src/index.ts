export type { ChatMessageLike } from './chat-prompt.ts';
export type { Encoding } from './encoding.ts';
export { type EncodingName, encodingOf } from './encoding-of.ts';
export { countChatPrompt, countText, estimateWith, openTokenizer, type Tokenizer, warmUp } from './tokenizer.ts';
