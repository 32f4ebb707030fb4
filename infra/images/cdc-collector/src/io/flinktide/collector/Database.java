package io.flinktide.collector;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.TreeMap;

/** A connection of our own to the database, kept open: is it there, and how far is its binlog? */
final class Database implements AutoCloseable {
  private static final String TIMEOUTS = "connectTimeout=5000&socketTimeout=5000&allowPublicKeyRetrieval=true";

  private final Settings settings;
  private Connection connection;

  Database(Settings settings) {
    this.settings = settings;
  }

  /** The binlog's files and their sizes in bytes. */
  synchronized TreeMap<String, Long> binlogs() throws SQLException {
    try (Statement statement = connection().createStatement();
        ResultSet rows = statement.executeQuery("SHOW BINARY LOGS")) {
      TreeMap<String, Long> files = new TreeMap<>(Position::compareFiles);
      while (rows.next()) {
        files.put(rows.getString(1), rows.getLong(2));
      }
      return files;
    } catch (SQLException e) {
      close();
      throw e;
    }
  }

  @Override
  public synchronized void close() {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      // It is gone already.
    }
    connection = null;
  }

  private Connection connection() throws SQLException {
    if (connection == null) {
      Properties login = new Properties();
      login.setProperty("user", settings.username);
      login.setProperty("password", settings.password);
      String kind = settings.database == Settings.Database.MARIADB ? "mariadb" : "mysql";
      String url = "jdbc:" + kind + "://" + settings.host + ":" + settings.port + "/?" + TIMEOUTS;
      connection = DriverManager.getConnection(url, login);
    }
    return connection;
  }
}
