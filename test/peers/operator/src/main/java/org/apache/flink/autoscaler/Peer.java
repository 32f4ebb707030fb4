package org.apache.flink.autoscaler;

import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;

/**
 * Asks the autoscaler's own classes: one JSON object a line in, one a line out. What they do not make public is
 * reached from inside their package.
 */
public final class Peer {
    static final ObjectMapper JSON = new ObjectMapper();

    private Peer() {}

    public static void main(String[] args) throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.write(JSON.writeValueAsString(answer(JSON.readTree(line))));
            out.newLine();
        }
        out.flush();
    }

    private static JsonNode answer(JsonNode question) throws Exception {
        return switch (question.get("ask").asText()) {
            case "parallelism" -> OneShot.parallelism(question);
            case "evaluation" -> OneShot.evaluation(question);
            case "sequence" -> new Sequence(question).run();
            default -> throw new IllegalArgumentException(question.toString());
        };
    }
}
