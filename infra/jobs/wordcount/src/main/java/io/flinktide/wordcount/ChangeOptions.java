package io.flinktide.wordcount;

import java.util.ArrayList;
import java.util.List;

/** The arguments of {@link ChangeCount}: {@code --text-column NAME}, {@code --deduplicate true|false}, and {@link Options}. */
final class ChangeOptions {
  final String textColumn;
  final boolean deduplicate;
  final Options others;

  ChangeOptions(String[] args) {
    String column = null;
    String deduplication = "true";
    List<String> rest = new ArrayList<>();
    for (int i = 0; i < args.length; i += 2) {
      String value = i + 1 < args.length ? args[i + 1] : null;
      if (args[i].equals("--text-column") && value != null) {
        column = value;
      } else if (args[i].equals("--deduplicate") && value != null) {
        deduplication = value;
      } else {
        rest.add(args[i]);
        if (value != null) {
          rest.add(value);
        }
      }
    }
    others = new Options(rest.toArray(new String[0]));
    if (column == null) {
      throw new IllegalArgumentException("Argument --text-column is missing.");
    }
    if (!deduplication.equals("true") && !deduplication.equals("false")) {
      throw new IllegalArgumentException("Argument --deduplicate must be true or false, not \"" + deduplication + "\".");
    }
    textColumn = column;
    deduplicate = Boolean.parseBoolean(deduplication);
  }
}
