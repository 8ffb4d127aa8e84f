import { describe, expect, it } from 'vitest';
import type { Turn } from '../conversation.ts';
import { compose, type Task } from './compose.ts';

const turn = (role: Turn['role'], text: string): Turn => ({ role, text, images: 0 });
const system = (text: string) => turn('system', text);
const user = (text: string) => turn('user', text);
const assistant = (text: string) => turn('assistant', text);

const taskOf = (turns: readonly Turn[], more: Partial<Task> = {}): Task => ({
  turns,
  tools: [],
  toolChoice: 'none',
  format: { type: 'text' },
  variation: '',
  mayCallSeveral: true,
  ...more,
});

function blocks(turns: readonly Turn[], more: Partial<Task> = {}): Iterable<string> {
  const composition = compose(taskOf(turns, more));
  if (composition.kind !== 'text') throw new TypeError('tools were called');
  return composition.blocks;
}
const answer = (turns: readonly Turn[] | string, more: Partial<Task> = {}): string =>
  [...blocks(typeof turns === 'string' ? [user(turns)] : turns, more)].join('');

describe('an answer holds the subject of its question', () => {
  it.each([
    ['What is artificial intelligence?', /artificial intelligence/i],
    ['Hello! What does an API Management Service in Azure do?', /API Management/],
    ['What does a gateway do?', /gateway/i],
    ['Why do rate limits exist?', /rate limits/i],
    ['How do embeddings work?', /embeddings/i],
    ['explain KQL', /KQL/],
    ['What is quantum entanglement?', /quantum entanglement/],
    ['How do I bake bread?', /bread/],
    ['Tell me a joke about opentelemetry', /opentelemetry/i],
    ['Write a haiku about autumn rain', /autumn rain/i],
    ['O que é inteligência artificial?', /inteligência artificial/i],
    ['Como funciona uma política?', /política/i],
    ['O que é fotossíntese?', /fotossíntese/],
    ['Explain tokens in one sentence', /tokens/i],
  ])('%s', (question, subject) => expect(answer(question)).toMatch(subject));

  it('so different questions have different answers', () => {
    const questions = ['Hello!', 'What is AI?', 'What is KQL?', 'What is a token?', 'What is a tulip?', 'What is 1+1?'];
    expect(new Set(questions.map((question) => answer(question))).size).toBe(questions.length);
  });
});

describe('everyday words', () => {
  it.each([
    ['What is a product?', /API Management/],
    ['Write a product description for red shoes', /simulated/],
    ['Which monitor should I buy for gaming?', /simulated/],
  ])('%s', (prompt, pattern) => expect(answer(prompt)).toMatch(pattern));
});

describe('chance', () => {
  const question = [user('What is a managed identity?')];
  it('is none for equal tasks', () =>
    expect(answer(question, { variation: 'a' })).toBe(answer(question, { variation: 'a' })));
  it('words an answer in several ways', () => {
    const ways = Array.from({ length: 10 }, (_, index) => answer(question, { variation: String(index) }));
    expect(new Set(ways).size).toBeGreaterThan(7);
  });
  it.each(['Hello!', 'What is a tulip?', 'What is 2+2?'])('words %s in more than one way', (prompt) => {
    const ways = Array.from({ length: 10 }, (_, index) => answer(prompt, { variation: String(index) }));
    expect(new Set(ways).size).toBeGreaterThan(1);
  });
});

describe('the language', () => {
  const portuguese = /(?:^|\s)(?:que|não|você|uma|são)\s/;
  it.each<[string, readonly Turn[], boolean]>([
    ['of a Portuguese question is Portuguese', [user('O que é um token?')], true],
    ['of an English question is English', [user('What is a token?')], false],
    ['of a Spanish question is English', [user('¿Qué es un token y cómo funciona?')], false],
    [
      'is that of the system message where it asks for one',
      [system('Always answer in Portuguese.'), user('What is a token?')],
      true,
    ],
    [
      'is that which the user asks for',
      [system('Responda em português.'), user('What is a token? Answer in English.')],
      false,
    ],
    [
      'of a bare name is that of the conversation',
      [user('O que é um token?'), assistant('É uma unidade.'), user('KQL?')],
      true,
    ],
  ])('%s', (_name, turns, isPortuguese) => expect(portuguese.test(answer(turns))).toBe(isPortuguese));

  it('says which language it cannot write', () => {
    expect(answer('Answer in French: what is a token?')).toMatch(/French.*\n|French/);
  });
});

describe('the system message decides how', () => {
  const question = user('What is artificial intelligence?');
  const plain = answer([question]);

  it.each([
    [
      'The system is an AI teacher that helps people learn about AI',
      question,
      [/\*\*.*(?:Definition|idea|means)/, /\*\*.*(?:example|everyday|Imagine)/i],
    ],
    [
      'O sistema é um professor de IA que ajuda as pessoas a aprender sobre IA',
      user('O que é inteligência artificial?'),
      [/\*\*.*(?:Definição|ideia|significa)/, /\*\*.*(?:exemplo|vida|Imagine)/i],
    ],
  ] as const)('a teacher defines, gives an example, asks the learner: %s', (message, asked, patterns) => {
    const text = answer([system(message), asked]);
    for (const pattern of patterns) expect(text).toMatch(pattern);
    expect(text.trim()).toMatch(/\?$/);
    expect(text).not.toBe(plain);
  });
  it('a teacher asks back about what is unknown, too', () => {
    expect(answer([system('You are a teacher.'), user('What is a volcano?')])).toMatch(/volcano[\s\S]*\?$/);
  });
  it('concise is short', () => expect(answer([system('Be concise.'), question]).length).toBeLessThan(plain.length / 2));
  it('bullet points', () => {
    const lines = answer([system('Answer in bullet points.'), question])
      .split('\n')
      .filter((line) => line !== '');
    expect(lines.filter((line) => line.startsWith('- ')).length).toBeGreaterThan(3);
  });
  it('formal differs from plain', () => expect(answer([system('Use a formal tone.'), question])).not.toBe(plain));
  it('capital letters', () => {
    const text = answer([system('Write in all caps.'), question]);
    expect(text).toBe(text.toUpperCase());
  });
  it.each(['Answer only in JSON.', 'Responda apenas em JSON.'])('%s', (message) => {
    expect(JSON.stringify(JSON.parse(answer([system(message), question])))).toMatch(/artificial intelligence/i);
  });
  it('a name', () => expect(answer([system('Your name is Ada.'), user('Who are you?')])).toContain('Ada'));
  it('a role', () =>
    expect(answer([system('You are a hiking guide.'), user('What is a token?')])).toContain('a hiking guide'));
  it('a helpful assistant is nobody in particular', () => {
    expect(answer([system('You are a helpful assistant.'), question])).not.toMatch(/helpful assistant/);
  });
  it('a fixed ending', () => expect(answer([system('Always end with "Ahoy!"'), question])).toMatch(/Ahoy!$/));
  it.each([
    ['Explain KQL in one sentence.', 1],
    ['Explain KQL in 2 sentences.', 2],
  ])('%s', (prompt, sentences) => expect(answer(prompt).split(/(?<=[.!?…])\s+/)).toHaveLength(sentences));
  it('a limit of words', () =>
    expect(answer('Explain KQL in at most 12 words.').split(/\s+/).length).toBeLessThanOrEqual(12));
});

describe('a conversation', () => {
  const before = [user('What is KQL?'), assistant('KQL is the language in which logs are read.')];
  it.each(['And why?', 'Tell me more', 'give me an example', 'Can you explain it more simply?', 'What about it?'])(
    '“%s” means what was spoken of',
    (prompt) => expect(answer([...before, user(prompt)])).toMatch(/KQL|Kusto/),
  );
  it('a follow-up says something new', () => {
    const first = answer([user('What is KQL?')], { variation: '1' });
    const more = answer([user('What is KQL?'), assistant(first), user('Tell me more')]);
    const told = first.split(/(?<=\.)\s+|\n/).filter((sentence) => sentence.length > 40);
    expect(told.filter((sentence) => more.includes(sentence)).length).toBeLessThan(told.length);
  });
  it('a new question has its own subject', () =>
    expect(answer([...before, user('What is a token?')])).toMatch(/token/i));
  it('examples with labels are followed', () => {
    const examples = [
      user('great phone, love it'),
      assistant('positive'),
      user('broken after a day'),
      assistant('negative'),
    ];
    expect(answer([...examples, user('the screen was broken after an hour')])).toBe('negative');
  });
});

describe('other requests', () => {
  it.each([
    ['Say this is a test!', 'this is a test!'],
    ['Reply with exactly: PONG', 'PONG'],
    ['Respond with the word OK and nothing else', 'OK'],
    ['Diga "bom dia"', 'bom dia'],
  ])('%s', (prompt, text) => expect(answer(prompt)).toBe(text));
  it.each([
    ['List three kinds of AI', 3, /Narrow[\s\S]*General[\s\S]*Super/],
    ['Give me 5 tips on prompts', 5, /prompt/i],
    ['Cite 4 fatos sobre tokens', 4, /token/i],
    ['List 12 facts about KQL', 12, /where/],
  ])('%s', (prompt, count, pattern) => {
    const text = answer(prompt);
    expect(text.split('\n').filter((line) => /^\d+\. /.test(line))).toHaveLength(count);
    expect(text).toMatch(pattern);
  });
  it('two topics are compared, in the words of the question', () =>
    expect(answer('Compare API keys and managed identities')).toMatch(/API keys[\s\S]*managed identit/i));
  it('two topics are both defined', () =>
    expect(answer('What is the difference between tokens and embeddings?')).toMatch(/token[\s\S]*embedding/i));
  it('a summary takes sentences from the text, fewer than it has', () => {
    const text =
      'Gateways check keys. Gateways count tokens. Rain fell on the hill. A gateway keeps the keys of callers. Nobody came. The tokens are counted by caller.';
    const summary = answer(`Summarise the following text: ${text}`);
    const taken = text.split(/(?<=\.) /).filter((sentence) => summary.includes(sentence));
    expect(taken.length).toBeGreaterThan(0);
    expect(taken.length).toBeLessThan(6);
  });
  it('a summary without a text asks for it', () => expect(answer('Summarize it')).toMatch(/text/i));
  it('a translation, honest about what it does not know', () => {
    expect(answer('Translate to Portuguese: "Good morning, my friend!"')).toContain('Bom dia, meu amigo!');
    expect(answer('Translate to English: "bom dia, mundo"')).toContain('good morning, world');
    expect(answer('Translate to Portuguese: "the xylophone is red"')).toMatch(/xylophone é vermelho[\s\S]*xylophone/);
  });
  it.each([
    ['Classify as positive or negative, label only: I loved this product', 'positive'],
    ['Classify as positive or negative, label only: it was not good at all', 'negative'],
    ['Classifique o sentimento, apenas o rótulo: péssimo atendimento', 'negativo'],
    ['Classify into sports, politics or cooking, only the label: a new recipe from the cooking show', 'cooking'],
  ])('%s', (prompt, label) => expect(answer(prompt)).toBe(label));
  it('extraction', () =>
    expect(answer('Extract all emails from: bob@x.com wrote to ann@y.org')).toBe('- bob@x.com\n- ann@y.org'));
  it.each([
    ['Write a KQL query that counts errors by hour', /```kql[\s\S]*bin\(TimeGenerated, 1h\)/],
    ['Write a python function to reverse a string', /```python[\s\S]*\[::-1\]/],
    ['Write a javascript function that parses roman numerals', /simulated[\s\S]*parsesRomanNumerals/],
    ['Show me a policy with rate limit', /```xml[\s\S]*rate-limit-by-key/],
  ])('%s', (prompt, code) => expect(answer(prompt)).toMatch(code));
  it.each([
    ['Hello!', /\?|\./],
    ['Thanks a lot!', /welcome|pleasure|Glad/i],
    ['Tchau!', /Até|Tchau/],
    ['How are you?', /\?/],
    ['Who are you?', /simulated/],
  ])('%s', (prompt, reply) => expect(answer(prompt)).toMatch(reply));
  it('an unknown subject is said to be unknown, and the model to be simulated', () => {
    expect(answer('What is quantum entanglement?')).toMatch(/simulated/);
    expect(answer('O que é fotossíntese?')).toMatch(/simulado/);
  });
  it('a question to sources in the system message is answered from them', () => {
    const sources = `Answer from these sources. [1] The Standard plan does not cover dental care for adults. [2] A Product Manager is responsible for the roadmap. [3] Employees may work from home two days a week when the team agrees to it.`;
    expect(answer([system(sources), user('What does a Product Manager do?')])).toContain('responsible for the roadmap');
  });
  it('an empty prompt has an answer', () => expect(answer('')).not.toBe(''));
});

describe('long texts', () => {
  const prompt = 'Write a very long text about Azure API Management, as long as you can.';
  it('go on for more than 300 KB without a paragraph that comes twice', () => {
    const seen = new Set<string>();
    let length = 0;
    let paragraphs = 0;
    for (const block of blocks([user(prompt)], { maxTokens: 200_000 })) {
      seen.add(block);
      paragraphs += 1;
      length += block.length;
      if (length > 600_000) break;
    }
    expect(length).toBeGreaterThan(600_000);
    expect(seen.size).toBe(paragraphs);
  });
  it('begin at once, whatever their length', () => {
    const [first] = blocks([user(prompt)], { maxTokens: 100_000 });
    expect(first).toMatch(/API Management/);
  });
  it('take time in proportion to their length', () => {
    const time = (characters: number) => {
      // The processor's time, not the clock's: machines are busy with other things.
      const start = process.cpuUsage();
      let length = 0;
      for (const block of blocks([user(prompt)], { maxTokens: 1_000_000 })) {
        length += block.length;
        if (length > characters) break;
      }
      const used = process.cpuUsage(start);
      return (used.user + used.system) / 1000;
    };
    time(100_000);
    // Eight times the text; quadratic would take 64 times as long.
    const best = (characters: number) => Math.min(time(characters), time(characters), time(characters));
    expect(best(2_400_000)).toBeLessThan(Math.max(20, best(300_000)) * 32);
  });
  it.each([
    ['Write an essay of 500 words about tokens', 500],
    ['Escreva um texto longo de 800 palavras sobre KQL', 800],
  ])('%s', (asked, words) => {
    const count = answer(asked).split(/\s+/).length;
    expect(count).toBeGreaterThanOrEqual(words);
    expect(count).toBeLessThan(words * 1.4);
  });
  it('end by themselves where nobody limits them', () => {
    const text = answer('Write a very long text about KQL.');
    expect(text.length).toBeGreaterThan(5_000);
    expect(text.length).toBeLessThan(40_000);
  });
  it('on unknown subjects say that it is unknown', () =>
    expect(answer('Write a long text about dragons')).toMatch(/dragons[\s\S]*simulated model/));
});

describe('hostile prompts end in time', () => {
  it.each([
    ['quotation marks', '“'.repeat(200_000)],
    ['fences', '```'.repeat(100_000)],
    ['line breaks', `a:${'\n'.repeat(200_000)}`],
    ['letters', `Extract all emails from: ${'a'.repeat(200_000)}`],
    ['labels', `classify as ${'a ,   '.repeat(250)}1`],
    ['capitals', 'Ab Cd '.repeat(50_000)],
    ['json keys', `return json with keys ${'a'.repeat(100_000)}`],
    ['words', 'very long '.repeat(40_000)],
  ])('%s', (_name, prompt) => {
    const start = performance.now();
    const tools = [
      {
        name: 'get_weather',
        description: 'weather',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      },
    ];
    compose(taskOf([user(prompt)], { tools, toolChoice: 'required' }));
    const [first] = blocks([user(prompt)]);
    expect(first).toBeDefined();
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
