import { cloneToken, deepEquals, JArray, JObject, JProperty, type JToken, JValue } from './tokens.ts';

export interface MergeSettings {
  /** MergeArrayHandling: 0 concat, 1 union, 2 replace, 3 merge. */
  readonly arrays: number;
  /** MergeNullValueHandling: 1 takes nulls over. */
  readonly nulls: number;
}
/** `Merge`: the content's properties into the target's. */
export function mergeTokens(target: JToken, content: JToken, settings: MergeSettings): void {
  if (target instanceof JArray && content instanceof JArray) mergeArrays(target, content, settings);
  if (!(target instanceof JObject) || !(content instanceof JObject)) return;
  for (const { name, value } of content.properties.values()) {
    const own = target.properties.get(name);
    if (!own) target.add(new JProperty(name, cloneToken(value)));
    else if (value instanceof JValue) {
      if (value.kind !== 'Null' || settings.nulls === 1) own.setValue(cloneToken(value));
    } else if (own.value.type !== value.type) own.setValue(cloneToken(value));
    else mergeTokens(own.value, value, settings);
  }
}
function mergeArrays(target: JArray, content: JArray, settings: MergeSettings): void {
  switch (settings.arrays) {
    case 1:
      for (const item of content.items)
        if (!target.items.some((own) => deepEquals(own, item))) target.add(cloneToken(item));
      return;
    case 2:
      target.items.splice(0);
      for (const item of content.items) target.add(cloneToken(item));
      return;
    case 3:
      content.items.forEach((item, index) => {
        const own = target.items[index];
        if (!own) target.add(cloneToken(item));
        else if (own.type === item.type && !(item instanceof JValue)) mergeTokens(own, item, settings);
        else if (!(item instanceof JValue && item.kind === 'Null')) target.replaceChild(own, cloneToken(item));
      });
      return;
    default:
      for (const item of content.items) target.add(cloneToken(item));
  }
}
