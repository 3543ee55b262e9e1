import type { Kind } from './setting-kinds.js'

/** What topics that begin with `prefix` ask of who comes: a token that names them, or nothing. */
export type TopicRule = { readonly prefix: string; readonly access: 'token' | 'open' }

/** Judges a topic. */
export type Policy = {
  needsToken(topic: string): boolean
  /** Whether there is any topic that needs none. */
  readonly hasOpenTopics: boolean
}

/** `team/=token,=open`: prefixes and what they ask; the empty prefix is every topic that no other one fits. */
export const topicRules: Kind<readonly TopicRule[]> = {
  must: 'prefixes and what they ask, such as team/=token,=open',
  parse: said => {
    const rules = said.split(',').map(item => parseRule(item.trim()))
    return rules.every(rule => rule !== null) ? rules : undefined
  },
  accepts: value =>
    Array.isArray(value) && value.every(isRule) && new Set(value.map(({ prefix }) => prefix)).size === value.length,
  show: rules => rules.map(({ prefix, access }) => `${prefix}=${access}`).join(','),
}

/** The longest prefix that fits decides; where none does, a topic needs a token if tokens can be checked at all. */
export const createPolicy = (rules: readonly TopicRule[], checksTokens: boolean): Policy => {
  const byLength = [...rules].sort((a, b) => b.prefix.length - a.prefix.length)
  const otherwise = checksTokens ? 'token' : 'open'
  const accessOf = (topic: string) => byLength.find(({ prefix }) => topic.startsWith(prefix))?.access ?? otherwise
  return {
    needsToken: topic => accessOf(topic) === 'token',
    hasOpenTopics: accessOf('') === 'open' || rules.some(({ access }) => access === 'open'),
  }
}

const parseRule = (text: string): TopicRule | null => {
  const split = text.lastIndexOf('=')
  const access = text.slice(split + 1)
  if (split < 0 || (access !== 'token' && access !== 'open')) return null
  return { prefix: text.slice(0, split), access }
}

const isRule = (value: unknown): value is TopicRule => {
  if (typeof value !== 'object' || value === null || !('prefix' in value) || !('access' in value)) return false
  return typeof value.prefix === 'string' && (value.access === 'token' || value.access === 'open')
}
