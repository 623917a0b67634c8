// A file on its way in.
import { useState } from 'preact/hooks';
import { address, type Schema } from '../../api/client';
import { problemFrom, type Problem } from '../../api/problem';
import { invalidate } from '../../api/resource';
import { fraction } from '../../format';
import { navigate } from '../../router';
import { Segmented } from '../../ui/controls';
import { FileDrop, postFile } from '../../ui/file-drop';
import { contextFields, emptyContext, ListContextFields } from '../../ui/list-context';
import { ProblemNote } from '../../ui/states';

const kinds = [
  ['', 'Alerts (CSV or NDJSON)'],
  ['trades', 'TradingView: List of trades'],
] as const;

export function SendFile() {
  const [file, setFile] = useState<File>();
  const [kind, setKind] = useState<(typeof kinds)[number][0]>('');
  const [context, setContext] = useState(emptyContext);
  const [sent, setSent] = useState<number>();
  const [problem, setProblem] = useState<Problem>();

  const choose = (chosen: File) => {
    setProblem(undefined);
    setFile(chosen);
    void looksLikeTrades(chosen).then(trades => setKind(trades ? 'trades' : ''));
  };

  const send = async (event: Event) => {
    event.preventDefault();
    if (!file) return;
    setProblem(undefined);
    setSent(0);
    try {
      const query = { fileName: file.name, ...(kind === 'trades' ? { format: kind, symbol: context.symbol.trim(), timeframe: context.timeframe.trim(), tz: context.tz } : {}) };
      const started = JSON.parse(await postFile(address('/api/v1/imports', {}, query), file, setSent)) as Schema<'ImportDetail'>;
      invalidate(one => one.startsWith('/api/v1/imports'));
      navigate(`/imports/${started.id}`);
    } catch (fault) {
      setProblem(problemFrom(fault));
    } finally {
      setSent(undefined);
    }
  };

  return (
    <form class="card form import-form" aria-label="Bring in a file" onSubmit={event => void send(event)}>
      <FileDrop
        label="Drop a file here"
        hint="Alerts as CSV (with a header) or NDJSON (a webhook's body on each line), or a List of trades as TradingView exports it."
        accept=".csv,.ndjson,.jsonl,.json,.txt,text/csv,application/x-ndjson"
        file={file}
        onFile={choose}
      />
      {file && (
        <>
          <Segmented label="What the file is" value={kind} options={kinds} onChange={setKind} />
          {kind === 'trades' && <ListContextFields value={context} problem={problem} onChange={setContext} />}
          {problem && <ProblemNote problem={problem} fields={kind === 'trades' ? contextFields : []} />}
          <div class="actions">
            <button type="submit" class="button primary" disabled={sent !== undefined}>
              {sent === undefined ? 'Import' : `Sending… ${fraction(sent)}`}
            </button>
            <span class="hint">Sending the same file again changes nothing: an alert is stored once.</span>
          </div>
        </>
      )}
    </form>
  );
}

/** Its first line tells: a list of trades numbers them. */
async function looksLikeTrades(file: File): Promise<boolean> {
  const [head = ''] = (await file.slice(0, 2000).text()).split('\n');
  return /trade\s*#/i.test(head);
}
