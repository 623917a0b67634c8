// Importing a file: it is looked at first, and nothing is stored before the reader has seen how it was understood.
import { useRef, useState } from 'preact/hooks';
import { address, Problem, problemFrom, type Schema } from '../../api/client';
import { invalidate } from '../../api/resource';
import { fraction } from '../../format';
import { navigate } from '../../router';
import { Field } from '../../ui/controls';
import { FileDrop, postFile } from '../../ui/file-drop';
import { FileQuestions } from '../../ui/file-questions';
import { answerNames, wrongColumns, type Answers, type Questions } from '../../ui/questions';
import { ProblemNote } from '../../ui/states';
import { FilePreview } from './preview';

type Preview = Schema<'ImportPreview'>;
const path = '/api/v1/imports';
const noAnswers: Answers = {};

export function SendFile() {
  const [file, setFile] = useState<File>();
  const [answers, setAnswers] = useState(noAnswers);
  /** Each question that the file raised, as it was put: an answer can still be changed. */
  const [asked, setAsked] = useState<Questions>({});
  const [preview, setPreview] = useState<{ of: Preview; answers: Answers }>();
  const [busy, setBusy] = useState<{ doing: 'Reading' | 'Uploading'; sent: number }>();
  const [problem, setProblem] = useState<Problem>();
  const newest = useRef(0);

  const choose = (chosen: File) => {
    setFile(chosen);
    setAnswers(noAnswers);
    setAsked({});
    setPreview(undefined);
    void look(chosen, noAnswers, {});
  };

  const look = async (chosen: File, given: Answers, before: Questions) => {
    const turn = ++newest.current;
    setProblem(undefined);
    setBusy({ doing: 'Reading', sent: 0 });
    try {
      const text = await postFile(address(path, {}, { ...sendable(given), fileName: chosen.name, dryRun: 'true' }), chosen, sent => {
        if (turn === newest.current) setBusy({ doing: 'Reading', sent });
      });
      if (turn !== newest.current) return;
      const found = JSON.parse(text) as Preview;
      setPreview({ of: found, answers: given });
      setAsked({ ...found.questions, ...before });
    } catch (fault) {
      if (turn !== newest.current) return;
      setPreview(undefined);
      setProblem(problemFrom(fault));
    }
    setBusy(undefined);
  };

  const send = async (chosen: File) => {
    setProblem(undefined);
    setBusy({ doing: 'Uploading', sent: 0 });
    try {
      const text = await postFile(address(path, {}, { ...sendable(answers), fileName: chosen.name }), chosen, sent => setBusy({ doing: 'Uploading', sent }));
      invalidate(one => one.startsWith(path));
      navigate(`${path.replace('/api/v1', '')}/${(JSON.parse(text) as Schema<'ImportDetail'>).id}`);
    } catch (fault) {
      setProblem(problemFrom(fault));
    }
    setBusy(undefined);
  };

  const of = preview?.of;
  const isOpen = of !== undefined && Object.keys(of.questions).length > 0;
  // What no answer mends: nothing is in the file, or too much.
  const hopeless = Object.entries(of?.questions ?? {}).flatMap(([name, messages]) => (answerNames.some(one => one === name) ? [] : messages));
  const isSeen = of !== undefined && !isOpen && preview?.answers === answers;
  const columnsError = asked['columns'] ? wrongColumns(answers.columns ?? of?.columns.map(column => column.holds ?? '').join(',') ?? '') : undefined;
  const isTrades = of?.format === 'trades';
  return (
    <form
      class="card form import-form"
      aria-label="Import a file"
      onSubmit={event => {
        event.preventDefault();
        if (file) void (isSeen ? send(file) : look(file, answers, asked));
      }}
    >
      <FileDrop
        label="Drop a file here"
        hint="A list of trades or an alert log exported from TradingView (CSV or XLSX), or alerts as CSV, NDJSON (one alert message per line) or JSON. You see what would come in before anything is stored."
        accept=".csv,.tsv,.xlsx,.ndjson,.jsonl,.json,.txt,text/csv,application/x-ndjson"
        file={file}
        onFile={choose}
      />
      {file && (
        <>
          {hopeless.length > 0 && <ProblemNote problem={new Problem(400, 'This file cannot be imported.', hopeless.join(' '))} />}
          {isOpen && hopeless.length === 0 && (
            <p class="note warn" role="status">
              Some things are not in the file, or can be read in two ways. Nothing is guessed: please say which it is.
            </p>
          )}
          <FileQuestions
            asked={answerNames.filter(name => asked[name])}
            questions={asked}
            answers={answers}
            errors={{ ...of?.questions, ...problem?.errors }}
            columns={of?.columns ?? []}
            sample={of?.sample ?? []}
            onAnswer={changes => setAnswers({ ...answers, ...changes })}
          />
          {columnsError && (
            <p class="field-error" role="status">
              {columnsError}
            </p>
          )}
          {of && !isOpen && <Options isTrades={isTrades} skipped={of.skipped} answers={answers} problem={problem} onAnswer={changes => setAnswers({ ...answers, ...changes })} />}
          {problem && <ProblemNote problem={problem} fields={[...Object.keys(asked), 'strategy']} />}
          {of && !isOpen && (
            <div class={isSeen && !busy ? '' : 'stale'}>
              <FilePreview preview={of} zone={preview?.answers.tz} />
            </div>
          )}
          <div class="actions">
            <button type="submit" class="button primary" disabled={busy !== undefined || columnsError !== undefined || hopeless.length > 0 || (isSeen && of.accepted === 0)}>
              {busy ? `${busy.doing}… ${fraction(busy.sent)}` : isSeen ? 'Import' : 'Preview'}
            </button>
            <span class="hint">
              {isSeen
                ? of.accepted === 0
                  ? 'Nothing in this file can come in; the rows above say why.'
                  : 'Importing the same file again changes nothing: every alert is stored once.'
                : hopeless.length > 0
                  ? 'Choose another file.'
                  : 'The preview stores nothing.'}
            </span>
          </div>
        </>
      )}
    </form>
  );
}

const sendable = (answers: Answers): Answers => Object.fromEntries(Object.entries(answers).map(([name, value]) => [name, name === 'columns' ? value : value?.trim()]));

/** What nobody has to answer. */
function Options({ isTrades, skipped, answers, problem, onAnswer }: { isTrades: boolean; skipped: number; answers: Answers; problem: Problem | undefined; onAnswer: (changes: Answers) => void }) {
  return (
    <div class="form-row">
      <Field label="Strategy" optional error={problem?.of('strategy')} hint="Where your alerts name one and the file does not: the name they send.">
        {tie => <input {...tie} value={answers.strategy ?? ''} autocomplete="off" onInput={event => onAnswer({ strategy: event.currentTarget.value })} />}
      </Field>
      {isTrades && (skipped > 0 || answers.overlap === 'take') && (
        <Field label="Trades since your first live alert" hint="Your alerts have brought these already.">
          {tie => (
            <select {...tie} value={answers.overlap ?? 'skip'} onChange={event => onAnswer({ overlap: event.currentTarget.value })}>
              <option value="skip">Leave out</option>
              <option value="take">Import as well</option>
            </select>
          )}
        </Field>
      )}
    </div>
  );
}
