package org.svgen.checkpoint.single;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.svgen.tensor.Shape;

/**
 * What the tensors of a file are to a model, a rule a line:
 *
 * <pre>
 * head.head.*               -> proj_out.*
 * blocks.#.self_attn.q.*    -> blocks.#.attn1.to_q.*
 * blocks.#.attn_qkv.*       -> blocks.#.to_q.* [0/3] | blocks.#.to_k.* [1/3] | blocks.#.to_v.* [2/3]
 * final.modulation.*        -> norm_out.* [1,0/2]
 * blocks.#.linear1.*        -> blocks.#.to_q.* [0/w] | blocks.#.mlp.* [1+/w]
 * rope.freqs                -> nothing
 * </pre>
 *
 * <p>A {@code #} stands for a number, a {@code *} for the rest. Brackets say which of how many even
 * parts of the rows are meant; {@code w} parts are as many as have the width of the model each, and
 * a plus takes all parts from there on. The first rule that fits counts.
 */
public final class NameTable {
    private static final String NOTHING = "nothing";
    private static final Pattern LINE = Pattern.compile("(\\S+) -> (.+)");
    private static final Pattern TARGET =
            Pattern.compile("(\\S+)(?: \\[([0-9,]+)(\\+?)/([0-9]+|w)])?");

    private final List<Rule> rules;
    private final int width;

    private record Target(String name, List<Integer> parts, boolean on, int of) {
        private boolean is(String weight, boolean underscored) {
            return pattern(underscored ? name.replace('.', '_') : name).matcher(weight).matches();
        }
    }

    private record Rule(Pattern dotted, Pattern underscored, List<Target> targets) {}

    private NameTable(List<Rule> rules, int width) {
        this.rules = rules;
        this.width = width;
    }

    /**
     * {@return a table}
     *
     * @param lines the rules
     * @param width of the model, for parts that have it; 0 where no rule speaks of it
     */
    public static NameTable of(String lines, int width) {
        List<Rule> rules = new ArrayList<>();
        lines.lines().filter(line -> !line.isBlank()).forEach(line -> rules.add(rule(line)));
        return new NameTable(List.copyOf(rules), width);
    }

    /** {@return a table by which every tensor is the weight of its own name} */
    public static NameTable same() {
        return of("* -> *", 0);
    }

    private static Rule rule(String line) {
        Matcher m = LINE.matcher(line.strip().replaceAll(" +", " "));
        if (!m.matches()) {
            throw new IllegalArgumentException(line);
        }
        List<Target> targets = new ArrayList<>();
        if (!m.group(2).equals(NOTHING)) {
            for (String target : m.group(2).split(" \\| ")) {
                targets.add(target(target));
            }
        }
        String name = m.group(1);
        return new Rule(pattern(name), pattern(name.replace('.', '_')), List.copyOf(targets));
    }

    private static Pattern pattern(String name) {
        String quoted = Pattern.quote(name);
        return Pattern.compile(
                quoted.replace("#", "\\E([0-9]{1,4})\\Q").replace("*", "\\E(.+)\\Q"));
    }

    private static Target target(String text) {
        Matcher m = TARGET.matcher(text);
        if (!m.matches()) {
            throw new IllegalArgumentException(text);
        }
        if (m.group(2) == null) {
            return new Target(m.group(1), List.of(0), false, 1);
        }
        List<Integer> parts = new ArrayList<>();
        for (String part : m.group(2).split(",")) {
            parts.add(Integer.valueOf(part));
        }
        int of = m.group(4).equals("w") ? 0 : Integer.parseInt(m.group(4));
        return new Target(m.group(1), List.copyOf(parts), !m.group(3).isEmpty(), of);
    }

    /**
     * {@return true if a rule is about a tensor, even if it only says that it is nothing}
     *
     * @param name of the tensor
     */
    public boolean knows(String name) {
        return rules.stream().anyMatch(rule -> rule.dotted.matcher(name).matches());
    }

    /**
     * {@return true if the table tells tensors from others: it has rules about some names alone}
     */
    public boolean tells() {
        return rules.stream().noneMatch(rule -> rule.dotted.matcher("-").matches());
    }

    /**
     * {@return true if a rule is about a tensor, or makes a weight of that name}
     *
     * @param name of a tensor or a weight
     * @param underscored whether its dots were made underscores, as some adapters have them
     */
    public boolean speaksOf(String name, boolean underscored) {
        return rules.stream()
                .anyMatch(rule ->
                        (underscored ? rule.underscored : rule.dotted).matcher(name).matches()
                                || rule.targets.stream().anyMatch(t -> t.is(name, underscored)));
    }

    /**
     * {@return the weights that a tensor holds; none if no rule is about it}
     *
     * @param name of the tensor
     * @param shape its dimensions
     */
    public List<Piece> pieces(String name, Shape shape) {
        long rows = shape.rank() == 0 ? 1 : shape.size(0);
        for (Rule rule : rules) {
            Matcher m = rule.dotted.matcher(name);
            if (m.matches()) {
                return rule.targets.stream().map(t -> piece(t, m, rows)).toList();
            }
        }
        return List.of();
    }

    /**
     * {@return the same of a name whose dots were made underscores, as some adapters have them}
     *
     * @param name of the tensor
     * @param rows of the tensor
     */
    public List<Piece> underscored(String name, long rows) {
        for (Rule rule : rules) {
            Matcher m = rule.underscored.matcher(name);
            if (m.matches()) {
                return rule.targets.stream().map(t -> piece(t, m, rows)).toList();
            }
        }
        return List.of();
    }

    private Piece piece(Target target, Matcher m, long rows) {
        StringBuilder name = new StringBuilder();
        int group = 1;
        for (char c : target.name.toCharArray()) {
            name.append(c == '#' || c == '*' ? m.group(group++) : String.valueOf(c));
        }
        // A tensor that does not divide has parts in plenty, and is refused for its shape.
        int of = target.of == 0 ? (int) Math.max(1, rows / Math.max(1, width)) : target.of;
        List<Integer> parts =
                target.on
                        ? IntStream.range(target.parts.getFirst(), of).boxed().toList()
                        : target.parts;
        return new Piece(name.toString(), of, parts);
    }
}
