import { describe, expect, it } from 'vitest';
import { placeOf } from '../../router';
import { checked, equalParts, hundred, missing, scaled, typedChanges, weightingOf, weightQuery } from './weights';

const of = (query: string, batches: number[] = [1, 2]) => weightingOf(placeOf(new URL(`http://x/?${query}`)), batches);
const askedFor = (query: string, batches: number[] = [1, 2]) => weightQuery(of(query, batches), batches);

describe('weights in the address', () => {
  it.each([
    ['', undefined],
    ['weight=2:60&weight=1:40', ['40', '60']],
    // One of another batch, none of this one, and what no page wrote.
    ['weight=7:60&weight=1:40', ['40', '0']],
    ['weight=1:12:30&weight=2:lots', ['12:30', 'lots']],
    ['weight=nonsense', ['0', '0']],
  ])('%s are %j', (query, typed) => expect(of(query).typed).toEqual(typed));

  it('are written beside their batches, and take a suggestion away', () => expect(typedChanges([3, 1], ['60', ''])).toEqual({ weight: ['3:60', '1:'], suggest: null }));

  it.each([
    ['', { weights: [50, 50], rebalance: '' }],
    ['rebalance=month&weight=1:0&weight=2:100', { weights: [0, 100], rebalance: 'month' }],
    ['rebalance=year&weight=1:33,5&weight=2:66.5', { weights: [33.5, 66.5], rebalance: '' }],
    ['suggest=equalRisk&weight=1:7', { suggest: 'equalRisk', rebalance: '' }],
    ['suggest=luck', { weights: [50, 50], rebalance: '' }],
    ['weight=1:40&weight=2:50', undefined],
    ['weight=1:150&weight=2:-50', undefined],
    ['weight=1:&weight=2:100', undefined],
  ])('%s asks for %j', (query, expected) => expect(askedFor(query)).toEqual(expected));

  it('are not asked for of one batch', () => expect(askedFor('weight=1:7', [1])).toEqual({}));
});

describe('percentages', () => {
  it.each([
    [[1 / 3, 1 / 3, 1 / 3], ['33.34', '33.33', '33.33']],
    [[0.5, 0.5], ['50', '50']],
    [[0.123456, 0.876544], ['12.35', '87.65']],
    [[1, 0], ['100', '0']],
    [Array.from({ length: 7 }, () => 1 / 7), ['14.29', '14.29', '14.29', '14.29', '14.28', '14.28', '14.28']],
  ])('%j are %j', (parts, expected) => expect(hundred(parts)).toEqual(expected));

  it('add up to 100 however many there are', () => {
    for (let n = 1; n <= 20; n++) expect(missing(checked(equalParts(n)))).toBe(0);
  });

  it.each([
    [['40', '50'], 10],
    [['60', '50'], -10],
    [['33.33', '33.33', '33.33'], 0.01],
    [['33.333', '33.333', '33.334'], 0],
    [['lots', '40'], 60],
    [['12,345', '12.345'], 75.31],
  ])('%j leave %d', (texts, expected) => expect(missing(checked(texts))).toBeCloseTo(expected, 9));

  it.each([
    [['101', '-1', '', 'x', '0'], [true, true, true, true, false]],
    [['100', '0,5', ' 7 '], [false, false, false]],
  ])('%j have mistakes %j', (texts, wrong) => expect(checked(texts).mistakes.map(Boolean)).toEqual(wrong));

  it.each([
    [['30', '30'], ['50', '50']],
    [['0', '0'], undefined],
    [['x', '10'], undefined],
  ])('%j scaled are %j', (texts, expected) => expect(scaled(checked(texts))).toEqual(expected));
});
