package io.flinktide.collector;

/** The settings can't be used; the message says why, in words for whoever gave them. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  Refusal(String message) {
    super(message);
  }
}
