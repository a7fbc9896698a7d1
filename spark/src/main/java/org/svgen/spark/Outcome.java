package org.svgen.spark;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What came of a video, as the columns that results have behind those of their row. */
final class Outcome {
    private static final JsonMapper JSON = new JsonMapper();

    private static final StructType RECEIPT =
            new StructType()
                    .add("density", DataTypes.DoubleType)
                    .add("error", DataTypes.DoubleType)
                    .add("audit", DataTypes.DoubleType)
                    .add("bound", DataTypes.DoubleType)
                    .add("eight_bits", DataTypes.DoubleType);

    private static final Map<String, DataType> COLUMNS = columns();

    /** What a table of prompts cannot have. */
    static final List<String> NAMES = List.copyOf(COLUMNS.keySet());

    private final @Nullable Object[] values;

    private Outcome(@Nullable Object... values) {
        this.values = values;
    }

    private static Map<String, DataType> columns() {
        Map<String, DataType> columns = new LinkedHashMap<>();
        columns.put("key", DataTypes.StringType);
        columns.put("path", DataTypes.StringType);
        columns.put("seconds", DataTypes.DoubleType);
        columns.put(
                "timings",
                DataTypes.createMapType(DataTypes.StringType, DataTypes.DoubleType, false));
        columns.put("recipe", DataTypes.StringType);
        columns.put("receipt", RECEIPT);
        columns.put("error", DataTypes.StringType);
        return columns;
    }

    /** The columns of results of a table with such columns. */
    static StructType schema(StructType prompts) {
        StructType all = new StructType();
        for (StructField field : prompts.fields()) {
            all = all.add(field);
        }
        for (Map.Entry<String, DataType> column : COLUMNS.entrySet()) {
            all = all.add(column.getKey(), column.getValue());
        }
        return all;
    }

    /**
     * A video that is there.
     *
     * @param path of its file
     * @param report the file of its report
     */
    static Outcome made(String key, String path, String report) {
        JsonNode all = JSON.readTree(report);
        JsonNode run = all.path("report");
        Map<String, Double> timings = new LinkedHashMap<>();
        run.path("stage_seconds")
                .properties()
                .forEach(stage -> timings.put(stage.getKey(), stage.getValue().asDouble()));
        JsonNode receipt = run.path("receipt");
        return new Outcome(
                key,
                path,
                all.path("seconds").asDouble(),
                CollectionConverters.asScala(timings),
                all.path("recipe").toString(),
                RowFactory.create(
                        number(run.path("density")),
                        number(receipt.path("error")),
                        number(receipt.path("audit")),
                        number(receipt.path("bound")),
                        number(receipt.path("eight_bits"))),
                null);
    }

    private static @Nullable Double number(JsonNode node) {
        return node.isNumber() ? node.asDouble() : null;
    }

    /**
     * A video that could not be made.
     *
     * @param key none if it is not known what the row asks for
     * @param error why, in one line
     */
    static Outcome failed(@Nullable String key, String error) {
        return new Outcome(key, null, null, null, null, null, error);
    }

    /** A row of results. */
    Row row(Row prompt) {
        Object[] all = new Object[prompt.size() + values.length];
        for (int i = 0; i < prompt.size(); i++) {
            all[i] = prompt.get(i);
        }
        System.arraycopy(values, 0, all, prompt.size(), values.length);
        return RowFactory.create(all);
    }
}
