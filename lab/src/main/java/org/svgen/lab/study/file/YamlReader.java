package org.svgen.lab.study.file;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.BadInputException;

/** Reads YAML 1.2 into values that know their places; of tags it takes those of the core schema. */
final class YamlReader {
    /** Study files are three deep; more is a mistake, or aliases that contain themselves. */
    private static final int MOST_LEVELS = 10;

    /** Aliases of aliases grow without bound. */
    private static final int MOST_VALUES = 100_000;

    private final String file;
    private final LoadSettings settings;
    private final Map<Tag, ConstructNode> plain;
    private int values;

    private YamlReader(String file) {
        this.file = file;
        this.settings =
                LoadSettings.builder()
                        .setLabel(file)
                        .setSchema(new CoreSchema())
                        .setAllowNonScalarKeys(true) // we refuse them, with their place
                        .build();
        this.plain = settings.getSchema().getSchemaTagConstructors();
    }

    /**
     * The one document that {@code text} is.
     *
     * @param file its name, for messages
     * @throws BadInputException with the place, if it is no YAML
     */
    static Yaml read(String file, String text) {
        YamlReader reader = new YamlReader(file);
        try {
            Optional<Node> root = new Compose(reader.settings).composeString(text);
            return root.isEmpty()
                    ? new Yaml.Nothing(new Place(file, 1, 1))
                    : reader.value(root.get(), 1);
        } catch (MarkedYamlEngineException e) {
            throw new BadInputException(
                    "%s: no YAML: %s"
                            .formatted(
                                    reader.place(e.getProblemMark()),
                                    Untrusted.oneLine(Objects.toString(e.getProblem(), "?"))),
                    e);
        } catch (YamlEngineException e) {
            String why = Objects.toString(e.getMessage(), "?").lines().findFirst().orElse("?");
            throw new BadInputException(
                    "%s: no YAML: %s".formatted(file, Untrusted.oneLine(why)), e);
        }
    }

    private Place place(Optional<Mark> mark) {
        return new Place(
                file,
                mark.map(m -> m.getLine() + 1).orElse(1),
                mark.map(m -> m.getColumn() + 1).orElse(1));
    }

    private Yaml value(Node node, int level) {
        Place place = place(node.getStartMark());
        if (level > MOST_LEVELS) {
            throw place.wrong("more than %d levels deep".formatted(MOST_LEVELS));
        }
        if (++values > MOST_VALUES) {
            throw place.wrong("more than %d values".formatted(MOST_VALUES));
        }
        return switch (node) {
            case ScalarNode scalar -> scalar(scalar, place);
            case SequenceNode sequence -> items(sequence, place, level);
            case MappingNode mapping -> fields(mapping, place, level);
            default -> throw place.wrong("no YAML that is known here");
        };
    }

    private Yaml scalar(ScalarNode node, Place place) {
        if (node.getTag().equals(Tag.NULL)) {
            return new Yaml.Nothing(place);
        }
        ConstructNode maker = plain.get(node.getTag());
        if (maker == null && !node.getTag().equals(Tag.STR)) {
            throw place.wrong(
                    "unknown tag %s".formatted(Untrusted.oneLine(node.getTag().getValue())));
        }
        Object value = maker == null ? node.getValue() : maker.construct(node);
        return new Yaml.Plain(
                Objects.requireNonNullElse(value, node.getValue()), node.getValue(), place);
    }

    private Yaml items(SequenceNode node, Place place, int level) {
        List<Yaml> items = new ArrayList<>();
        node.getValue().forEach(item -> items.add(value(item, level + 1)));
        return new Yaml.Items(items, place);
    }

    private Yaml fields(MappingNode node, Place place, int level) {
        Map<String, Yaml.Entry> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : node.getValue()) {
            Place at = place(tuple.getKeyNode().getStartMark());
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw at.wrong("expected a text for a key, found a list or keys with values");
            }
            Yaml value = value(tuple.getValueNode(), level + 1);
            if (entries.putIfAbsent(key.getValue(), new Yaml.Entry(at, value)) != null) {
                throw at.wrong("%s: given twice".formatted(Untrusted.oneLine(key.getValue())));
            }
        }
        return new Yaml.Fields(entries, place);
    }
}
