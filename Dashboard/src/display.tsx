// How the page looks to this reader: a button in the navigation with the choices behind it.
import { currency, decimalsMax, setCurrency } from './currency';
import { signedMoney } from './format';
import { setMoneyColours, setTheme, theme, moneyColours, type MoneyColours, type Theme } from './theme';
import { placeBeside, Segmented } from './ui/controls';
import { Icon } from './ui/icons';

const themes: readonly (readonly [Theme, string])[] = [
  ['system', 'System'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

const colours: readonly (readonly [MoneyColours, string])[] = [
  ['green-up', 'Green up'],
  ['red-up', 'Red up'],
  ['blue-orange', 'Colour-blind'],
];

export function Display() {
  return (
    <>
      <button type="button" class="icon-button" popovertarget="display" title="Display" aria-label="Display settings">
        <Icon name="sun" />
      </button>
      <div id="display" popover="auto" class="popover display" role="group" aria-label="Display settings" onToggle={event => placeBeside(event.currentTarget)}>
        <p class="hint">Theme</p>
        <Segmented label="Theme" value={theme.value} options={themes} onChange={setTheme} />
        <p class="hint">Profit and loss</p>
        <Segmented label="Colours of profit and loss" value={moneyColours.value} options={colours} onChange={setMoneyColours} />
        <p class="hint" id="currency-hint">
          Currency of amounts; nothing is converted
        </p>
        <div class="currency">
          <input
            class="small"
            aria-label="Currency code"
            aria-describedby="currency-hint"
            placeholder="USD"
            maxLength={8}
            autocomplete="off"
            spellcheck={false}
            value={currency.value.code}
            onInput={event => {
              setCurrency({ code: event.currentTarget.value });
              event.currentTarget.value = currency.value.code;
            }}
          />
          <select class="small" aria-label="Decimals" value={String(currency.value.decimals)} onChange={event => setCurrency({ decimals: Number(event.currentTarget.value) })}>
            {Array.from({ length: decimalsMax + 1 }, (_, decimals) => (
              <option key={decimals} value={String(decimals)}>
                {decimals} {decimals === 1 ? 'decimal' : 'decimals'}
              </option>
            ))}
          </select>
        </div>
        <p>
          <span class="gain">{signedMoney(1250)}</span> <span class="loss">{signedMoney(-480)}</span>
        </p>
      </div>
    </>
  );
}
