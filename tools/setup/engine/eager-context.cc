// What the binding of @tensorflow/tfjs-node-gpu calls in place of TFE_NewContextOptions and TFE_NewContext (compile-binding.mjs renames its
// calls): it knows no way to hand TensorFlow a configuration, and goes on with a null pointer where there is no context.
#undef TFE_NewContextOptions
#undef TFE_NewContext
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tensorflow/c/eager/c_api.h"
#include "tensorflow/c/tf_status.h"

namespace {

// The bytes of a tensorflow.ConfigProto (tensorflow/core/protobuf/config.proto) as hexadecimal digits; libs/tensorflow writes them.
constexpr char kConfigVariable[] = "TRAINYARD_TENSORFLOW_CONFIG";
// That of ENGINE_UNAVAILABLE.
constexpr int kExitCode = 8;

// An exception must not pass through Node's own frames, so the process ends, with its reason.
void ExitUnlessOk(const TF_Status* status) {
  if (TF_GetCode(status) == TF_OK) return;
  std::fprintf(stderr, "TensorFlow cannot be started: %s\n", TF_Message(status));
  std::fflush(stderr);
  std::_Exit(kExitCode);
}

std::string FromHex(const char* digits) {
  std::string bytes;
  for (size_t i = 0; i + 1 < std::strlen(digits); i += 2) {
    bytes.push_back(static_cast<char>(std::strtol(std::string(digits + i, 2).c_str(), nullptr, 16)));
  }
  return bytes;
}

}  // namespace

extern "C" TFE_ContextOptions* TrainyardNewContextOptions() {
  TFE_ContextOptions* options = TFE_NewContextOptions();
  const char* digits = std::getenv(kConfigVariable);
  if (digits == nullptr || *digits == '\0') return options;
  const std::string config = FromHex(digits);
  TF_Status* status = TF_NewStatus();
  TFE_ContextOptionsSetConfig(options, config.data(), config.size(), status);
  ExitUnlessOk(status);
  TF_DeleteStatus(status);
  return options;
}

extern "C" TFE_Context* TrainyardNewContext(const TFE_ContextOptions* options, TF_Status* status) {
  TFE_Context* context = TFE_NewContext(options, status);
  ExitUnlessOk(status);
  return context;
}
