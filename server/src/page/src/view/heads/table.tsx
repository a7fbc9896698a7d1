import type { HeadMap } from '../../logic/heads.ts';
import { percent } from '../../logic/format.ts';
import { KINDS } from './colours.ts';

interface Props {
    map: HeadMap;
    branch: number;
    step: number;
}

/** The same numbers as the map, in rows and columns. */
export function HeadTable({ map, branch, step }: Props) {
    return (
        <div class="table-box" tabIndex={0} role="region" aria-label={`Heads at step ${step}`}>
            <table>
                <caption class="sr">Kind, density and error of each head at step {step}</caption>
                <thead>
                    <tr>
                        <th scope="col">Layer</th>
                        {Array.from({ length: map.heads }, (_, head) => (
                            <th key={head} scope="col">
                                Head {head}
                            </th>
                        ))}
                        {map.layerErrors.length > 0 && <th scope="col">Error of layer</th>}
                    </tr>
                </thead>
                <tbody>
                    {Array.from({ length: map.layers }, (_, layer) => (
                        <tr key={layer}>
                            <th scope="row">{layer}</th>
                            {Array.from({ length: map.heads }, (_, head) => {
                                const cell = map.cell(step, branch, layer, head);
                                return (
                                    <td key={head}>
                                        {KINDS.find((one) => one.kind === cell.kind)?.text}{' '}
                                        <span class="muted">
                                            {percent(cell.density)}
                                            {cell.error !== null && `, ${cell.error.toPrecision(2)}`}
                                        </span>
                                    </td>
                                );
                            })}
                            {map.layerErrors.length > 0 && (
                                <td>{map.layerErrors[layer]?.toPrecision(2)}</td>
                            )}
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}
