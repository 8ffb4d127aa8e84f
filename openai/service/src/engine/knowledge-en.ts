import type { Topic } from './topic.ts';

/** What the text model knows, in English, in words written for it. */
export const englishTopics: readonly Topic[] = [
  {
    id: 'api-management',
    title: 'API Management',
    isName: true,
    names: ['api management', 'apim', 'api management service', 'gateway', 'api gateway', 'azure api management'],
    definition:
      'An API Management service in Azure stands between the people who call your APIs and the systems that answer them: it receives every request, checks it, changes it where you say so, forwards it and writes down what happened.',
    facts: [
      'Its gateway verifies subscription keys, tokens and certificates before a request reaches a backend.',
      'Policies, written in XML, limit rates, rewrite headers, cache answers and choose backends without a change in the application.',
      'Products bundle APIs, and subscriptions give each team keys of its own that can be rotated or withdrawn.',
      'Diagnostic settings send a log row for each call to a workspace, so that usage and failures can be queried later.',
      'A developer portal shows the operations with their parameters and lets people try them.',
      'Versions and revisions let you publish a change beside the old behaviour instead of on top of it.',
      'In front of Azure OpenAI it hides the account key behind a managed identity and counts tokens for every caller.',
    ],
    example:
      'Imagine a shop with three internal services. Partners see one address only; the gateway checks each partner’s key, lets sixty calls a minute through and sends orders to one service and invoices to another.',
    question: 'Which rule of your own API would you rather keep in a policy than in code?',
    related: ['policy', 'subscription-key', 'managed-identity', 'azure-openai'],
  },
  {
    id: 'artificial-intelligence',
    title: 'Artificial intelligence',
    names: ['artificial intelligence', 'ai', 'intelligent machines'],
    definition:
      'Artificial intelligence is the field that builds machines for tasks which we call intelligent when people do them: seeing, understanding language, deciding, planning and learning from experience.',
    facts: [
      'Early systems followed rules that experts had written down; most of today’s systems learn their rules from data.',
      'A learning system adjusts many numbers until its answers fit the examples it was shown.',
      'Its quality depends on the data: gaps and prejudices in the examples return in the answers.',
      'Language models, image recognition, recommendation and fraud detection are uses that many people meet every day.',
      'An AI system has no understanding in the human sense, so important results need a person who checks them.',
      'People usually sort it into narrow, general and super intelligence, of which only the first exists.',
    ],
    example:
      'Think of a mailbox: nobody wrote a list of all unwanted messages, yet the filter saw thousands of them and learned which words and senders are suspicious.',
    question: 'Which task in your day would be easy to show by examples but hard to describe by rules?',
    related: ['ai-types', 'machine-learning', 'language-model'],
  },
  {
    id: 'ai-types',
    title: 'Types of AI',
    names: [
      'types of ai',
      'kinds of ai',
      'types of artificial intelligence',
      'narrow ai',
      'general ai',
      'super ai',
      'agi',
      'superintelligence',
    ],
    definition: 'AI is often sorted by how much it can do into three types: narrow AI, general AI and super AI.',
    facts: [
      'Narrow AI does one kind of task well, such as translating or playing chess; everything in use today belongs here.',
      'General AI would learn any task that a person can learn and carry knowledge from one field to another; it does not exist yet.',
      'Super AI would surpass people in every field, and is a subject of philosophy and fiction for now.',
      'Another way to sort is by method: rules, classical machine learning, deep learning and generative models.',
      'A chatbot that writes well about many subjects is still narrow: it predicts text and does nothing else.',
    ],
    example:
      'A navigation app that finds the fastest road is narrow AI: it beats any driver at that one task and cannot even write you a greeting.',
    question: 'To which type would you assign a program that both writes poems and summarises contracts, and why?',
    related: ['artificial-intelligence', 'machine-learning', 'language-model'],
  },
  {
    id: 'machine-learning',
    title: 'Machine learning',
    names: [
      'machine learning',
      'deep learning',
      'neural network',
      'neural networks',
      'training data',
      'supervised learning',
    ],
    definition:
      'Machine learning is the part of AI in which a program finds its rules in data instead of being given them.',
    facts: [
      'Supervised learning uses examples with known answers, unsupervised learning looks for groups by itself, and reinforcement learning learns from rewards.',
      'Deep learning stacks many layers of simple units, so that later layers build on the patterns that earlier ones found.',
      'Data is split into a part for training and a part for testing, because a model must be judged on what it has not seen.',
      'Overfitting means that a model has learned its examples by heart and fails on new ones.',
      'Training costs much computing once; using the model, called inference, costs a little each time.',
    ],
    example:
      'To predict the price of a flat you show the program thousands of flats with area, street and price, and then ask it about one whose price you hid.',
    question: 'Why would it be a mistake to test a model on the very data that trained it?',
    related: ['artificial-intelligence', 'language-model', 'embedding'],
  },
  {
    id: 'language-model',
    title: 'Language models',
    names: [
      'language model',
      'language models',
      'llm',
      'llms',
      'gpt',
      'chatgpt',
      'generative ai',
      'transformer',
      'chatbot',
      'hallucination',
    ],
    definition:
      'A large language model is a neural network that has read a great deal of text and, given some words, computes which word is likely to come next; a whole answer is this step repeated many times.',
    facts: [
      'It reads and writes tokens, pieces of words, rather than letters or words.',
      'The context window limits how many tokens of prompt and answer it can hold at once.',
      'It has no memory between calls: a chat works because the earlier messages are sent again each time.',
      'It may state wrong things in a confident tone, which is called hallucination; sources in the prompt reduce it.',
      'Temperature decides how freely it chooses among likely words.',
      'The system message sets its role and its limits for the whole conversation.',
    ],
    example:
      'After “The capital of France is” nearly all weight lies on one word, while after “My favourite food is” it is spread over hundreds; the model chooses accordingly.',
    question: 'What has to be in a prompt so that the model need not guess?',
    related: ['token', 'prompt', 'temperature', 'embedding'],
  },
  {
    id: 'token',
    title: 'Tokens',
    names: ['token', 'tokens', 'tokenizer', 'tokenization', 'context window', 'prompt tokens', 'completion tokens'],
    definition:
      'A token is the unit in which a language model reads, writes and is billed: a short word, a part of a longer word, a sign or a space with the letters after it.',
    facts: [
      'In English a token is about four characters; Portuguese and other languages need somewhat more tokens for the same text.',
      'Prompt tokens are what you send, completion tokens what you get back, and the usage object of an answer tells both.',
      'Azure OpenAI limits each deployment to a number of tokens per minute.',
      'The same text may have another number of tokens on another model, because each family has its own encoding.',
      'A chat costs a few tokens more than its text, since roles and borders between messages are tokens, too.',
    ],
    example:
      'A question of a dozen words may cost nineteen prompt tokens and its answer four hundred, so the answer is nearly the whole price.',
    question: 'Where would you save more tokens: in a shorter question or in a limit on the answer?',
    related: ['rate-limit', 'language-model', 'azure-openai'],
  },
  {
    id: 'azure-openai',
    title: 'Azure OpenAI',
    isName: true,
    names: ['azure openai', 'openai', 'azure openai service', 'deployment', 'deployments', 'foundry', 'playground'],
    definition:
      'Azure OpenAI offers OpenAI’s models as a service inside an Azure subscription, with its own endpoint, keys, identities, regions, quotas and logs.',
    facts: [
      'You create an account first and then deployments, each of which gives a model and version a name that requests use.',
      'A request goes to the account’s endpoint with the deployment in the path and the version of the interface in the query.',
      'Callers prove who they are with a key or, better, with a Microsoft Entra token and a role on the account.',
      'Prompts and answers pass a content filter with four categories of harm.',
      'Quota is given in tokens per minute and shared out among the deployments of a region.',
      'Its own logs tell operations, durations and status codes, but neither prompts nor answers.',
    ],
    example:
      'A team deploys a chat model under the name text-turbo. The application knows only that name, so a newer version can take its place without a release.',
    question: 'Why might a company give each application a deployment of its own?',
    related: ['content-filter', 'rate-limit', 'managed-identity', 'diagnostic-setting'],
  },
  {
    id: 'embedding',
    title: 'Embeddings',
    names: [
      'embedding',
      'embeddings',
      'vector',
      'vectors',
      'semantic search',
      'rag',
      'retrieval augmented generation',
      'vector search',
      'similarity',
    ],
    definition:
      'An embedding is a list of numbers that stands for a text, made so that texts about similar things get similar lists.',
    facts: [
      'The similarity of two texts is measured as the cosine of the angle between their vectors.',
      'Search by embeddings finds passages that share the subject even where they share few words.',
      'Retrieval-augmented generation looks up such passages first and puts them into the prompt, so that the answer rests on them.',
      'Documents are cut into passages before they are embedded, because one vector for a whole book says too little.',
      'Vectors of different models cannot be compared with each other.',
    ],
    example:
      'The question “How do I get my money back?” lands near a passage titled “Refunds”, although the two have no word in common.',
    question: 'What could go wrong if passages were cut in the middle of a sentence?',
    related: ['language-model', 'token', 'prompt'],
  },
  {
    id: 'kql',
    title: 'Kusto Query Language',
    isName: true,
    names: ['kql', 'kusto', 'kusto query language', 'log query', 'log queries', 'summarize operator'],
    definition:
      'KQL, the Kusto Query Language, is the language in which logs in Azure Monitor are read: a table followed by steps, each after a pipe sign, that pass rows on to the next.',
    facts: [
      'where keeps the rows that meet a condition, and project chooses the columns.',
      'extend adds computed columns, and summarize groups rows and computes counts, sums or averages.',
      'take returns some rows, while top and sort order them first.',
      'parse_json turns a text column into a value whose fields can be read with dots and brackets.',
      'A filter on time early in the query makes it fast, because less data has to be read.',
      'A missing pipe between two steps is the most common mistake of beginners.',
    ],
    example:
      'The query “ApiManagementGatewayLogs | where ResponseCode >= 400 | summarize count() by ApiId” answers which API failed how often.',
    question: 'How would you change that query to see failures hour by hour?',
    related: ['log-analytics', 'azure-monitor', 'diagnostic-setting'],
  },
  {
    id: 'azure-monitor',
    title: 'Azure Monitor',
    isName: true,
    names: ['azure monitor', 'monitoring', 'monitor', 'observability', 'metrics', 'metric', 'alerts', 'alert'],
    definition:
      'Azure Monitor collects what resources in Azure say of themselves, as metrics and as logs, and lets you chart it, query it and be alerted by it.',
    facts: [
      'Metrics are numbers at regular intervals, cheap to keep and quick to chart.',
      'Logs are rows with many columns, kept in a Log Analytics workspace and read with KQL.',
      'An alert rule runs a query or watches a metric and calls an action group when its condition holds.',
      'Without a diagnostic setting most resources keep only a few metrics and the activity log.',
      'For language models the useful signals are calls, tokens, latency, refusals by limits and errors by caller.',
    ],
    example:
      'An operator watches one chart of tokens per application; when a line doubles overnight, a query shows that one batch job repeats its calls.',
    question: 'Which single number would tell you first that users of your AI application are unhappy?',
    related: ['log-analytics', 'kql', 'diagnostic-setting'],
  },
  {
    id: 'log-analytics',
    title: 'Log Analytics workspaces',
    isName: true,
    names: ['log analytics', 'workspace', 'log analytics workspace', 'logs', 'log'],
    definition:
      'A Log Analytics workspace is the place in Azure Monitor where log rows of many resources are kept in tables and queried together.',
    facts: [
      'Each table has a schema; AzureDiagnostics is shared by many services, others such as ApiManagementGatewayLogs belong to one.',
      'Every row has TimeGenerated, which the time range of a query looks at.',
      'Cost follows the amount of data taken in and how long it is kept.',
      'Access is given by roles on the workspace or on the resources whose rows it holds.',
      'On Azure new rows usually need some minutes before a query sees them.',
    ],
    example:
      'One workspace holds the rows of the gateway and of the model account, so a join on the correlation id shows both sides of a call.',
    question: 'When would you use two workspaces rather than one?',
    related: ['kql', 'azure-monitor', 'diagnostic-setting'],
  },
  {
    id: 'diagnostic-setting',
    title: 'Diagnostic settings',
    names: ['diagnostic setting', 'diagnostic settings', 'diagnostics', 'logging', 'enable logging'],
    definition:
      'A diagnostic setting says which categories of logs and metrics a resource sends, and where: to a workspace, a storage account or an event hub.',
    facts: [
      'A resource may have several settings, for instance one for operators and one for auditors.',
      'The group allLogs takes every category, also those that are added later.',
      'On the gateway it is not enough: the diagnostics of the API decide how much of the bodies is logged.',
      'Rows before the setting was made do not appear afterwards.',
      'Logs may hold personal data once bodies are recorded, so access and retention should be decided beforehand.',
    ],
    example:
      'With the categories Audit and RequestResponse switched on, every call of the model account leaves a row with its operation, status and duration.',
    question: 'Who in your team should be allowed to read recorded prompts?',
    related: ['azure-monitor', 'log-analytics', 'api-management'],
  },
  {
    id: 'managed-identity',
    title: 'Managed identities',
    names: [
      'managed identity',
      'managed identities',
      'system-assigned identity',
      'entra',
      'entra id',
      'role assignment',
      'rbac',
      'service principal',
    ],
    definition:
      'A managed identity is an account in Microsoft Entra that Azure keeps for a resource, so that the resource can get tokens without anyone storing a secret.',
    facts: [
      'A system-assigned identity lives and dies with its resource; a user-assigned one can serve several resources.',
      'The identity may do nothing until a role is assigned to it on the resource that it calls.',
      'Tokens are valid for a limited time and for one audience, which makes a stolen one less useful than a key.',
      'In API Management a policy asks for the token and puts it into the Authorization header of the call to the backend.',
      'When a role is missing, the backend answers 401 and names the data action that would be needed.',
    ],
    example:
      'A gateway with its identity switched on gets the role Cognitive Services User on the model account; from then on no key of the account is needed in any policy.',
    question: 'What would you have to do on the day on which a stored key leaks, and what with an identity?',
    related: ['policy', 'azure-openai', 'api-management'],
  },
  {
    id: 'policy',
    title: 'API Management policies',
    names: [
      'policy',
      'policies',
      'inbound policy',
      'outbound',
      'set-header',
      'set-backend-service',
      'policy expression',
    ],
    definition:
      'A policy of API Management is a list of steps in XML that run for each call, in the sections inbound, backend, outbound and on-error.',
    facts: [
      'Policies exist for everything, for a product, for an API and for one operation, and the base element says where the outer ones run.',
      'Expressions in C# can read the request, variables and the identity of the caller.',
      'set-backend-service chooses where a call goes, and set-header adds or removes headers.',
      'rate-limit and quota protect a backend; their counterparts for language models count tokens.',
      'A mistake in a step leads to the section on-error, where an answer of your own can be made.',
    ],
    example:
      'Four inbound steps suffice for a model: run the base, remove the caller’s key, fetch a token of the managed identity, and set the Authorization header.',
    question: 'In which section would you mask a field of the answer, and why there?',
    related: ['api-management', 'managed-identity', 'rate-limit'],
  },
  {
    id: 'rate-limit',
    title: 'Rate limits and quotas',
    names: [
      'rate limit',
      'rate limits',
      'quota',
      'quotas',
      'tpm',
      'tokens per minute',
      'throttling',
      '429',
      'too many requests',
      'load balancing',
    ],
    definition:
      'Rate limits say how much a caller may use in a short time, and quotas how much in a long one; whoever exceeds them gets the status 429 and a hint when to try again.',
    facts: [
      'Azure OpenAI counts tokens per minute and requests in short windows for each deployment.',
      'On arrival an estimate is counted, which includes the largest answer that was asked for; a modest max_tokens therefore leaves room for more calls.',
      'A client should wait as long as Retry-After says, and add some chance so that not all return at once.',
      'Several accounts in different regions behind a gateway share the load and stand in for each other.',
      'Limits by subscription at the gateway keep one team from using up what all share.',
    ],
    example:
      'A deployment with thirty thousand tokens per minute takes thirty calls that ask for a thousand tokens each; the next one waits for the new minute.',
    question: 'How would you divide a quota between a chat for customers and a nightly batch?',
    related: ['token', 'policy', 'azure-openai'],
  },
  {
    id: 'content-filter',
    title: 'Content filters',
    names: ['content filter', 'content filters', 'content filtering', 'responsible ai', 'content safety', 'jailbreak'],
    definition:
      'A content filter looks at prompts and answers, rates them in the categories hate, sexual, violence and self-harm, and stops what lies above a chosen severity.',
    facts: [
      'Severities are safe, low, medium and high; by default medium and above are stopped.',
      'A filtered prompt is refused with the status 400 and the code content_filter.',
      'A filtered answer has the status 200, ends with the reason content_filter and is still charged.',
      'Further detectors look for attempts to talk the model out of its instructions and for protected text.',
      'Filters make mistakes in both directions, so applications should tell people what happened in plain words.',
    ],
    example: 'A hospital that discusses injuries all day may need another threshold for violence than a school.',
    question: 'What should an application show when an answer was stopped halfway?',
    related: ['azure-openai', 'prompt', 'artificial-intelligence'],
  },
  {
    id: 'prompt',
    title: 'Prompts',
    names: ['prompt', 'prompts', 'prompt engineering', 'system message', 'few-shot', 'few shot', 'instructions'],
    definition:
      'A prompt is all the text that a model gets before it writes: a system message with role and rules, examples, material and the question.',
    facts: [
      'Say who the answer is for, in which form it should come and how long it may be.',
      'A few examples of question and answer often do more than a long description.',
      'Material belongs into the prompt with clear borders, so that it is not taken for an instruction.',
      'Asking for steps helps with problems that need several of them.',
      'Treat text from users as data: it may contain instructions of its own.',
    ],
    example:
      'Instead of “Tell me about our returns” write “In three sentences for a customer, using only the text below: how long does a return take?”',
    question: 'Which words of your last prompt could be removed without a change in the answer?',
    related: ['language-model', 'temperature', 'token'],
  },
  {
    id: 'temperature',
    title: 'Sampling parameters',
    names: [
      'temperature',
      'top_p',
      'top p',
      'sampling',
      'seed',
      'max_tokens',
      'frequency penalty',
      'presence penalty',
      'streaming',
      'stream',
    ],
    definition:
      'Sampling parameters tell a model how to choose among likely words: temperature flattens or sharpens the choice, top_p cuts off the unlikely, and a seed makes it repeatable.',
    facts: [
      'A temperature near 0 suits extraction and classification; higher values suit ideas and fiction.',
      'Change temperature or top_p, but seldom both at once.',
      'max_tokens cuts the answer off and the finish reason is then length.',
      'Up to four stop sequences end an answer where they would appear.',
      'With streaming the answer arrives token by token, which feels faster although it costs the same.',
    ],
    example:
      'Asked twice for a product name at temperature 0 a model gives the same name; at 1.2 it gives two different ones.',
    question: 'Which temperature would you choose for reading amounts from invoices?',
    related: ['language-model', 'prompt', 'token'],
  },
  {
    id: 'subscription-key',
    title: 'Products, subscriptions and keys',
    names: [
      'subscription key',
      'subscription keys',
      'subscription',
      'subscriptions',
      'product',
      'products',
      'api key',
      'api keys',
      'key rotation',
    ],
    definition:
      'In API Management a product bundles APIs for an audience, and a subscription is the permission of one caller to use it, with two keys.',
    facts: [
      'Two keys exist so that one can be replaced while the other is in use.',
      'The key comes in a header or in the query; its name can be chosen for each API, for instance api-key.',
      'Without a key, or with a wrong one, the gateway answers 401 before any backend is called.',
      'A subscription can apply to a product, to one API or to all of them.',
      'Log rows name the subscription, so usage can be shown by team without knowing the keys.',
    ],
    example:
      'The team for testing gets the subscription “AOAI Test” of the product OpenAi and uses its first key in the header api-key.',
    question: 'How would you change the key of a mobile app that cannot be updated at once?',
    related: ['api-management', 'policy', 'rate-limit'],
  },
];
