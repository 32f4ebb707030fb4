package io.flinktide.collector;

import org.apache.log4j.PatternLayout;
import org.apache.log4j.spi.LoggingEvent;

/** Log lines in which every secret is replaced, whoever writes it at whatever level. */
public final class MaskingLayout extends PatternLayout {
  @Override
  public String format(LoggingEvent event) {
    StringBuilder line = new StringBuilder(super.format(event));
    String[] stack = event.getThrowableStrRep();
    if (stack != null) {
      for (String frame : stack) {
        line.append(frame).append('\n');
      }
    }
    return Secrets.mask(line.toString());
  }

  /** The stack trace is part of the line, so that it is masked, too. */
  @Override
  public boolean ignoresThrowable() {
    return false;
  }
}
