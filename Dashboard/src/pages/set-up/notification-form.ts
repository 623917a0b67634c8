// What channels and rules are made of, in words. Pure.
import type { Schema } from '../../api/client';

export type ChannelType = Schema<'Channel'>['type'];
export type RuleKind = Schema<'Rule'>['kind'];

export const channelTypes: Record<ChannelType, string> = { telegram: 'Telegram', discord: 'Discord', slack: 'Slack', email: 'E-mail', webhook: 'Webhook' };

export const fieldsOf: Record<ChannelType, readonly (readonly [field: string, label: string, hint?: string, isSecret?: boolean])[]> = {
  telegram: [
    ['botToken', 'Bot token', 'From @BotFather. Send your bot a message first, or it may not write to you.', true],
    ['chatId', 'Chat', 'The number of the chat, or @name of a public channel.'],
  ],
  discord: [['url', 'Webhook URL', 'Channel settings → Integrations → Webhooks.', true]],
  slack: [['url', 'Webhook URL', 'An incoming webhook of a Slack app.', true]],
  email: [['to', 'E-mail address']],
  webhook: [
    ['url', 'URL', 'Begins with https://', true],
    ['secret', 'Signing secret', 'At least 16 characters. Each message has a signature made with it.', true],
  ],
};

export const ruleKinds: Record<RuleKind, { label: string; batch: 'none' | 'any' | 'one'; hasLimit?: boolean; hasTime?: boolean; hasZone?: boolean }> = {
  tradeOpened: { label: 'A trade opens', batch: 'any' },
  tradeClosed: { label: 'A trade closes', batch: 'any' },
  drawdown: { label: 'A drawdown passes a limit', batch: 'one', hasLimit: true },
  dailyLoss: { label: 'A day’s loss passes a limit', batch: 'one', hasLimit: true, hasZone: true },
  exposure: { label: 'The exposure passes a limit', batch: 'one', hasLimit: true },
  ruin: { label: 'An account is blown (balance 0)', batch: 'one' },
  silence: { label: 'A symbol becomes inactive', batch: 'none' },
  rejectedAlert: { label: 'An alert is rejected', batch: 'none' },
  unmatchedExit: { label: 'An exit closes no trade', batch: 'none' },
  integrity: { label: 'A data check finds an error', batch: 'none' },
  dailySummary: { label: 'Every day, a summary', batch: 'any', hasTime: true, hasZone: true },
};

/** A rule in a line. */
export function said(rule: Pick<Schema<'Rule'>, 'kind' | 'limitPercentage' | 'timeOfDay' | 'timeZone'>, batch: string): string {
  return [
    ruleKinds[rule.kind].label,
    rule.limitPercentage !== null && `of ${rule.limitPercentage} %`,
    rule.timeOfDay && `at ${rule.timeOfDay} (${rule.timeZone ?? 'UTC'})`,
    batch && `in ${batch}`,
  ]
    .filter(Boolean)
    .join(' ');
}

/** What has to be filled in before anything is sent; the rest is for the API to say. */
export const mistakesOf = (fields: readonly string[], values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(fields.filter(field => !values[field]?.trim()).map(field => [field, 'Fill this in']));
