package org.svgen.sparse;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Lists by their definitions: one mask of tokens by tokens for each head, in double precision. */
final class SlowLists {
    private final VideoGeometry g;
    private final float[] q; // [1, H, N, D]
    private final float[] k;
    private final float[] v;
    private final int dim;

    SlowLists(VideoGeometry g, PlantedHeads.Qkv x) {
        this.g = g;
        q = x.q().toFloats();
        k = x.k().toFloats();
        v = x.v().toFloats();
        dim = x.q().size(3);
    }

    /** Says whether a token of queries attends to a token of keys; both of the video. */
    interface Mask {
        boolean keeps(int head, int query, int key);
    }

    /** Dense attention under the mask: text and prompt see all and are seen by all. */
    float[] attend(Mask mask, int heads, int rows) {
        int n = g.tokens();
        float[] out = new float[rows * heads * dim];
        for (int h = 0; h < heads; h++) {
            for (int i = 0; i < rows; i++) {
                double[] weights = new double[n];
                double most = Double.NEGATIVE_INFINITY;
                for (int j = 0; j < n; j++) {
                    weights[j] = Double.NEGATIVE_INFINITY;
                    if (there(j) && (!video(i) || !video(j) || mask.keeps(h, i, j))) {
                        weights[j] = dot(q, row(h, i), k, row(h, j)) / Math.sqrt(dim);
                        most = Math.max(most, weights[j]);
                    }
                }
                double[] sum = new double[dim];
                double all = 0;
                for (int j = 0; j < n; j++) {
                    double weight = Math.exp(weights[j] - most);
                    all += weight;
                    for (int d = 0; d < dim && weight > 0; d++) {
                        sum[d] += weight * v[row(h, j) + d];
                    }
                }
                for (int d = 0; d < dim; d++) {
                    out[(i * heads + h) * dim + d] = (float) (sum[d] / all);
                }
            }
        }
        return out;
    }

    double density(Mask mask, int head) {
        int n = g.tokens();
        double kept = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                boolean both = video(i) && video(j);
                kept += there(i) && there(j) && (!both || mask.keeps(head, i, j)) ? 1 : 0;
            }
        }
        return kept / n / n;
    }

    private boolean video(int token) {
        return token >= g.videoFrom() && token < g.videoTo();
    }

    private boolean there(int token) {
        return video(token) || token >= g.textFrom() && token < g.promptTo();
    }

    int row(int head, int token) {
        return (head * g.tokens() + token) * dim;
    }

    static double dot(float[] a, int from, float[] b, int to, int count) {
        double sum = 0;
        for (int d = 0; d < count; d++) {
            sum += (double) a[from + d] * b[to + d];
        }
        return sum;
    }

    private double dot(float[] a, int from, float[] b, int to) {
        return dot(a, from, b, to, dim);
    }

    /** Video tokens cut into blocks of 64, in the order in which they are to stand. */
    List<int[]> blocks(int[] order) {
        List<int[]> blocks = new ArrayList<>();
        for (int from = g.videoFrom(); from < g.videoTo(); from += 64) {
            int[] block = new int[Math.min(64, g.videoTo() - from)];
            System.arraycopy(order, from, block, 0, block.length);
            blocks.add(block);
        }
        return blocks;
    }

    /** What means of blocks say of the logarithm of the attention that a block gets of another. */
    double[][] meanScores(int head, List<int[]> blocks) {
        double[][] scores = new double[blocks.size()][blocks.size()];
        for (int i = 0; i < scores.length; i++) {
            for (int j = 0; j < scores.length; j++) {
                double sum = 0;
                for (int d = 0; d < dim; d++) {
                    sum += mean(q, head, blocks.get(i), d) * mean(k, head, blocks.get(j), d);
                }
                scores[i][j] = sum / Math.sqrt(dim) + Math.log(blocks.get(j).length);
            }
        }
        return scores;
    }

    private double mean(float[] x, int head, int[] block, int d) {
        return IntStream.of(block)
                .mapToDouble(token -> x[row(head, token) + d])
                .average()
                .orElse(0);
    }

    /** Block by block, the block itself and those of highest score, about so many keys. */
    static boolean[][] best(double[][] scores, List<int[]> blocks, double keys) {
        boolean[][] kept = new boolean[scores.length][scores.length];
        for (int i = 0; i < scores.length; i++) {
            int own = i;
            List<Integer> sorted =
                    IntStream.range(0, scores.length)
                            .boxed()
                            .sorted(
                                    Comparator.comparing((Integer j) -> j != own)
                                            .thenComparing(j -> -scores[own][j]))
                            .toList();
            double sum = 0;
            for (int j : sorted) {
                if (sum > 0 && sum + blocks.get(j).length / 2.0 > keys) {
                    break;
                }
                kept[i][j] = true;
                sum += blocks.get(j).length;
            }
        }
        return kept;
    }

    /** For each token the block that it is in. */
    int[] blockOf(List<int[]> blocks) {
        int[] of = new int[g.tokens()];
        for (int b = 0; b < blocks.size(); b++) {
            for (int token : blocks.get(b)) {
                of[token] = b;
            }
        }
        return of;
    }

    /** Keys of video that a query of video may keep, so that head by head a density is met. */
    double keys(double density) {
        double n = g.tokens();
        double text = g.promptTokens();
        double pairs = density * n * n - text * text - 2 * text * g.videoTokens();
        return Math.max(0, pairs / g.videoTokens());
    }

    Mask top(double density, int[] order, int heads) {
        List<int[]> blocks = blocks(order);
        int[] of = blockOf(blocks);
        boolean[][][] kept = new boolean[heads][][];
        for (int h = 0; h < heads; h++) {
            kept[h] = best(meanScores(h, blocks), blocks, keys(density));
        }
        return (head, query, key) -> kept[head][of[query]][of[key]];
    }

    /** A window of tiles, moved inwards at the edges. */
    Mask tiles(int[] tile, int[] window) {
        int[] grid = {g.frames(), g.frameTokens() / g.columns(), g.columns()};
        return (head, query, key) -> {
            int[] a = place(query);
            int[] b = place(key);
            for (int axis = 0; axis < 3; axis++) {
                int tiles = (grid[axis] + tile[axis] - 1) / tile[axis];
                int from = a[axis] / tile[axis] - (window[axis] - 1) / 2;
                from = Math.min(Math.max(from, 0), tiles - window[axis]);
                int at = b[axis] / tile[axis];
                if (at < from || at >= from + window[axis]) {
                    return false;
                }
            }
            return true;
        };
    }

    private int[] place(int token) {
        int video = token - g.videoFrom();
        int inFrame = video % g.frameTokens();
        return new int[] {video / g.frameTokens(), inFrame / g.columns(), inFrame % g.columns()};
    }

    /** The pattern of MInference that keeps most of what some queries attend to. */
    Mask patterns(double density, int heads) {
        List<int[]> blocks = blocks(BlockOrder.RASTER.stored(g));
        int[] of = blockOf(blocks);
        boolean[][][] kept = new boolean[heads][][];
        for (int h = 0; h < heads; h++) {
            double[][] shares = new double[128][];
            int[] at = new int[128];
            for (int r = 0; r < 128; r++) {
                int token = g.videoFrom() + (2 * r + 1) * g.videoTokens() / 256;
                at[r] = of[token];
                shares[r] = shares(h, token, blocks);
            }
            boolean[][][] patterns = {
                shape(blocks, keys(density)),
                best(lines(shares, at, blocks.size()), blocks, keys(density)),
                best(meanScores(h, blocks), blocks, keys(density))
            };
            double most = -1;
            for (boolean[][] pattern : patterns) {
                double sum = 0;
                for (int r = 1; r < 128; r += 2) {
                    for (int j = 0; j < blocks.size(); j++) {
                        sum += pattern[at[r]][j] ? shares[r][j] : 0;
                    }
                }
                if (sum > most) {
                    most = sum;
                    kept[h] = pattern;
                }
            }
        }
        return (head, query, key) -> kept[head][of[query]][of[key]];
    }

    /** What blocks of video get of a query's attention to the video. */
    private double[] shares(int head, int query, List<int[]> blocks) {
        double[] sums = new double[blocks.size()];
        for (int j = 0; j < sums.length; j++) {
            for (int key : blocks.get(j)) {
                sums[j] += Math.exp(dot(q, row(head, query), k, row(head, key)) / Math.sqrt(dim));
            }
        }
        double all = DoubleStream.of(sums).sum();
        return DoubleStream.of(sums).map(sum -> sum / all).toArray();
    }

    private static double[][] lines(double[][] shares, int[] at, int count) {
        double[][] scores = new double[count][count];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < count; j++) {
                int key = j;
                int apart = j - i;
                double vertical = worth(shares, block -> key, at);
                scores[i][j] = Math.max(vertical, worth(shares, block -> block + apart, at));
            }
        }
        return scores;
    }

    private static double worth(double[][] shares, IntUnaryOperator line, int[] at) {
        double[] halves = new double[2];
        for (int half = 0; half < 2; half++) {
            halves[half] =
                    IntStream.iterate(2 * half, r -> r < at.length, r -> r + 4)
                            .filter(r -> line.applyAsInt(at[r]) >= 0)
                            .filter(r -> line.applyAsInt(at[r]) < shares[r].length)
                            .mapToDouble(r -> shares[r][line.applyAsInt(at[r])])
                            .average()
                            .orElse(0);
        }
        return Math.min(halves[0], halves[1]);
    }

    /** Four near blocks, the block itself first, then one of the first blocks, and so on. */
    private static boolean[][] shape(List<int[]> blocks, double keys) {
        int count = blocks.size();
        double[][] scores = new double[count][count];
        for (int i = 0; i < count; i++) {
            int own = i;
            List<Integer> near = new ArrayList<>(IntStream.range(0, count).boxed().toList());
            near.sort(Comparator.comparing((Integer j) -> Math.abs(j - own)));
            List<Integer> first = new ArrayList<>(IntStream.range(0, count).boxed().toList());
            for (int n = 1; n <= count; n++) {
                Integer next = (n % 5 == 0 ? first : near).getFirst();
                near.remove(next);
                first.remove(next);
                scores[i][next] = -n;
            }
        }
        return best(scores, blocks, keys);
    }
}
