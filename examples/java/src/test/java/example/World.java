package example;

import static example.Connector.field;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** A call center for one test: a world of a running emulator, by its control plane. */
final class World implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String TOKEN = System.getenv("EMULATOR_CONTROL_TOKEN");
  private final String emulator;
  private final String name;
  final String url;

  /** Time stands still in it. */
  World(String emulator) throws Exception {
    this.emulator = emulator;
    String made = ask(emulator, "POST", "/worlds", "{\"settings\":{\"clock_scale\":0}}");
    name = field(made, "name");
    url = emulator + field(made, "path");
  }

  static World ofEnvironment() throws Exception {
    String url = System.getenv("EMULATOR_URL");
    return new World(url == null ? "http://127.0.0.1:8000" : url);
  }

  String dialIn(String caller, String called) throws Exception {
    String body = "{\"caller\":\"%s\",\"called\":\"%s\"}".formatted(caller, called);
    return field(ask(url, "POST", "/calls", body), "call");
  }

  /** Whether such requests came as often as `expectation` (JSON) says. */
  boolean verify(String expectation) throws Exception {
    return ask(url, "POST", "/journal/verify", expectation).contains("\"verified\":true");
  }

  @Override
  public void close() throws Exception {
    ask(emulator, "DELETE", "/worlds/" + name, "");
  }

  private static String ask(String base, String method, String path, String body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + "/_emulator" + path))
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body));
    if (TOKEN != null) {
      request.header("Authorization", "Bearer " + TOKEN);
    }
    HttpResponse<String> answer = HTTP.send(request.build(), BodyHandlers.ofString());
    if (answer.statusCode() >= 400) {
      throw new AssertionError(path + ": " + answer.body());
    }
    return answer.body();
  }
}
