import { afterEach, describe, expect, it } from 'vitest';
import { currency, currencyOf, setCurrency } from './currency';
import { money, moneyWithCode, signedMoney } from './format';

afterEach(() => setCurrency({ code: '', decimals: 2 }));

describe('the currency that amounts are shown in', () => {
  it.each([
    [null, { code: '', decimals: 2 }],
    [{ code: 'usd ' }, { code: 'USD', decimals: 2 }],
    [{ code: '<b>', decimals: 9 }, { code: 'B', decimals: 2 }],
    [{ code: 'USDT', decimals: 0 }, { code: 'USDT', decimals: 0 }],
    [{ code: 7, decimals: 1.5 }, { code: '', decimals: 2 }],
  ])('of %j is %j', (stored, expected) => expect(currencyOf(stored)).toEqual(expected));

  it.each([
    ['', 2, '1,234.50', '+1,234.50', '1,234.50'],
    ['USD', 0, '1,235', '+1,235', '1,235 USD'],
    ['BTC', 8, '1,234.50000000', '+1,234.50000000', '1,234.50000000 BTC'],
  ])('%s with %i decimals', (code, decimals, shown, signed, whole) => {
    setCurrency({ code, decimals });
    expect([money(1234.5), signedMoney(1234.5), moneyWithCode(1234.5)]).toEqual([shown, signed, whole.replace(' ', '\u00a0')]);
    expect(JSON.parse(localStorage.getItem('currency')!)).toEqual(currency.value);
  });

  it('says nothing of an amount that is not there', () => {
    setCurrency({ code: 'USD' });
    expect(moneyWithCode(null)).toBe('–');
  });
});
